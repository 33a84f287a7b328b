import { accountsOf } from '../company-accounts.js';
import { awsAccessKeyId, awsSecretAccessKey } from '../forms/aws.js';
import { servicePassword } from '../forms/service-password.js';
import { alphabets, labelled, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

interface Variable {
  readonly name: string;
  readonly value: string;
}

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
    const choice = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
    const version = `${story.number.int({ min: 1, max: 5 })}.${story.number.int(21)}.${story.number.int(12)}`;
    const image = `${choice('ghcr.io', 'docker.io', 'quay.io')}/${accountsOf(persona).organisation}/${persona.project}:${version}`;
    const database = choice(persona.project, `${persona.project}_prod`, `${persona.project}db`);
    const port = choice(3000, 5000, 8000, 8080, 9000);
    const worker = choice('worker', 'jobs', 'queue', 'scheduler');
    const proxy = choice('nginx', 'traefik', 'caddy');
    const blocks = story.helpers.shuffle([
      'image',
      'restart',
      'ports',
      'command',
      'volumes',
      'environment',
      'networks',
    ]);
    const having = (...wanted: string[]) =>
      blocks.filter((block) => ['image', 'restart', 'networks', ...wanted].includes(block));
    const values = {
      variables: story.helpers.shuffle<Variable>([
        {
          name: choice('DATABASE_URL', 'DB_URL', 'APP_DATABASE_URL'),
          value: `${choice('postgres', 'postgresql')}://${user}:${secrets.database}@${decoy.host}:${decoy.ports.postgres}/${database}`,
        },
        {
          name: choice('REDIS_URL', 'CACHE_URL', 'BROKER_URL'),
          value: `redis://:${secrets.cache}@${decoy.host}:${decoy.ports.redis}/${story.number.int(3)}`,
        },
        { name: choice('SECRET_KEY', 'SESSION_SECRET', 'APP_SECRET', 'APP_KEY'), value: secrets.session },
        { name: 'AWS_ACCESS_KEY_ID', value: secrets.storageKeyId },
        { name: 'AWS_SECRET_ACCESS_KEY', value: secrets.storageSecret },
      ]),
      // A key of digits alone would be a number, and a name in hexadecimal one with an exponent.
      quoted: choice(true, true, false) || /^[\de]+$/.test(secrets.session),
      listed: choice(true, false),
      services: story.helpers.shuffle<object>([
        {
          name: choice('web', 'app', 'api', 'backend'),
          image,
          port: choice(`127.0.0.1:${port}:${port}`, `${port}:${port}`),
          blocks: having('ports', 'environment'),
        },
        {
          name: worker,
          image,
          command: choice(worker, `["${worker}"]`, `bin/${worker}`, `./manage.py ${worker}`),
          blocks: having('command', 'environment'),
        },
        {
          name: choice('proxy', 'edge', 'frontend', proxy),
          image: `${proxy}:${proxyTags[proxy]}`,
          port: choice('443:443', '80:80', '8443:443', '0.0.0.0:443:443'),
          volume: `${choice('./certs', `/etc/ssl/${persona.project}`, './tls', `/srv/${persona.project}/certs`)}:${choice('/certs', '/etc/tls', '/etc/ssl/private')}:ro`,
          blocks: having('ports', 'volumes'),
        },
      ]),
      network: choice('internal', 'backend', persona.project, 'app-net'),
      header: choice(
        '',
        `# ${persona.project} production (${persona.hosts.application.name})`,
        `# ${persona.developer.login}: use docker compose pull before up`,
        "version: '3.8'",
        'version: "3"',
        `name: ${persona.project}`,
      ),
      restart: choice('always', 'unless-stopped', 'on-failure'),
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
