import { bcryptHash } from '../bcrypt.js';
import { apacheMd5 } from '../forms/apache-md5.js';
import { cryptAlphabet } from '../forms/crypt-base64.js';
import { inventedPassword, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

/** The password file of a web server; whoever breaks a hash has a login. */
export const htpasswd: TrapKind = {
  name: 'htpasswd',
  summary: 'password file of a web server',
  mode: readableByAll,
  relativePath: () => '.htpasswd',
  async make({ persona, templates }) {
    const story = storyteller(persona.seed, 'htpasswd');
    const colleagues = story.helpers.arrayElements(
      persona.people.filter((one) => ['it', 'engineering'].includes(one.position.team)),
      { min: 2, max: 5 },
    );
    const users = [
      story.helpers.arrayElement(['admin', 'status', 'webmaster', persona.project]),
      ...colleagues.map((one) => one.login),
    ];
    const lines: string[] = [];
    const logins = [];
    for (const user of users) {
      const password = inventedPassword(persona.locale);
      // htpasswd -m is its default, -B what guides tell to use; then 5 is the cost without -C.
      const hashed = story.datatype.boolean()
        ? await bcryptHash(password, '2y', 5)
        : apacheMd5(password, randomText(cryptAlphabet, 8));
      lines.push(`${user}:${hashed}`);
      logins.push({ service: 'http' as const, user, password });
    }
    return {
      content: Buffer.from(templates.text('htpasswd/htpasswd.njk', { lines })),
      secrets: logins.map(({ user, password }) => ({ label: user, value: password })),
      logins,
    };
  },
};
