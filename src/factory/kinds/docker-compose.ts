import { accountsOf } from '../accounts.js';
import { awsAccessKeyId, awsSecretAccessKey } from '../forms/aws.js';
import { servicePassword } from '../forms/service-password.js';
import { alphabets, labelled, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

const proxyTags = { nginx: '1.25-alpine', traefik: 'v2.10', caddy: '2.7' } as const;

/** The services of the company's application with their passwords written in. */
export const dockerCompose: TrapKind = {
  name: 'docker-compose',
  summary: 'compose file with passwords written in',
  mode: readableByAll,
  relativePath: (persona) => `${persona.project}/docker-compose.yml`,
  async make({ persona, templates, decoy }) {
    const story = storyteller(persona.seed, 'docker-compose');
    const secrets = {
      database: servicePassword(),
      cache: servicePassword(),
      session: randomText(alphabets.hexadecimal, story.helpers.arrayElement([32, 48, 64])),
      storageKeyId: awsAccessKeyId(persona.awsAccountId),
      storageSecret: awsSecretAccessKey(),
    };
    const user = `${persona.project}_${story.helpers.arrayElement(['compose', 'worker', 'stack', 'backend', 'django'])}`;
    const version = () =>
      `${story.number.int({ min: 1, max: 5 })}.${story.number.int(21)}.${story.number.int(12)}`;
    const proxy = story.helpers.arrayElement(['nginx', 'traefik', 'caddy'] as const);
    const values = {
      persona,
      secrets,
      decoy,
      user,
      database: story.helpers.arrayElement([
        persona.project,
        `${persona.project}_prod`,
        `${persona.project}db`,
      ]),
      image: `${story.helpers.arrayElement(['ghcr.io', 'docker.io', 'quay.io'])}/${accountsOf(persona).organisation}/${persona.project}`,
      tag: version(),
      services: story.helpers.shuffle(['web', 'worker', 'proxy']),
      names: {
        web: story.helpers.arrayElement(['web', 'app', 'api', 'backend']),
        worker: story.helpers.arrayElement(['worker', 'jobs', 'queue', 'scheduler']),
        proxy: story.helpers.arrayElement(['proxy', 'edge', 'frontend', proxy]),
      },
      port: story.helpers.arrayElement([3000, 5000, 8000, 8080, 9000]),
      network: story.helpers.arrayElement(['internal', 'backend', persona.project, 'app-net']),
      header: story.helpers.arrayElement([
        '',
        `# ${persona.project} production (${persona.hosts.application.name})`,
        `# ${persona.developer.login}: use docker compose pull before up`,
        "version: '3.8'",
        'version: "3"',
        `name: ${persona.project}`,
      ]),
      restart: story.helpers.arrayElement(['always', 'unless-stopped', 'on-failure']),
      proxyImage: `${proxy}:${proxyTags[proxy]}`,
    };
    return {
      content: Buffer.from(templates.text('docker-compose/docker-compose.yml.njk', values)),
      secrets: labelled(secrets),
      logins: [
        { service: 'postgres', user, password: secrets.database },
        { service: 'redis', user: 'default', password: secrets.cache },
      ],
    };
  },
};
