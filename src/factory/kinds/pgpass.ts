import { deploymentOf } from '../deployment.js';
import { servicePassword } from '../forms/service-password.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** The passwords that psql takes by host, database and user. */
export const pgpass: TrapKind = {
  name: 'pgpass',
  summary: 'passwords of psql',
  // libpq ignores the file when others may read it (fe-connect.c, passwordFromFile).
  mode: readableByOwner,
  relativePath: () => '.pgpass',
  async make({ persona, templates, decoy }) {
    const story = storyteller(persona.seed, 'pgpass');
    const { project } = persona;
    const users = story.helpers.arrayElements(
      [
        `${project}_report`,
        `${project}_dba`,
        `${project}_etl`,
        `${project}_cron`,
        'pg_standby',
        `${project}_ro`,
      ],
      { min: 2, max: 4 },
    );
    const { database: main, warehouse } = deploymentOf(persona);
    const databases = [main, main, warehouse, 'postgres', '*'];
    const logins = users.map((user) => ({ service: 'postgres' as const, user, password: servicePassword() }));
    const lines = logins.map(({ user, password }) => {
      const database = user === 'pg_standby' ? 'replication' : story.helpers.arrayElement(databases);
      // A colon in a field is escaped (libpq, "The Password File").
      return `${decoy.host.replaceAll(':', '\\:')}:${decoy.ports.postgres}:${database}:${user}:${password}`;
    });
    const comment = story.helpers.maybe(() =>
      story.helpers.arrayElement([
        `# ${project}`,
        '# prod',
        `# ${persona.administrator.login}: ${{ en: 'cron jobs use these', de: 'braucht cron', ru: 'для cron' }[persona.locale]}`,
        '# host:port:db:user:pw',
      ]),
    );
    return {
      content: Buffer.from(
        templates.text('pgpass/pgpass.njk', { lines: comment ? [comment, ...lines] : lines }),
      ),
      secrets: logins.map(({ user, password }) => ({ label: user, value: password })),
      logins,
    };
  },
};
