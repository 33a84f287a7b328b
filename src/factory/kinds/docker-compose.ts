import { accountsOf } from '../company-accounts.js';
import { urlHost } from '../decoy-url.js';
import { deploymentOf, type Framework } from '../deployment.js';
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

// How what is done later is started with each.
function workersOf(framework: Framework, project: string): string[] {
  const celery = [`celery -A ${project} worker`, `celery -A ${project} worker -l info`];
  return {
    laravel: ['php artisan queue:work', 'php artisan horizon', 'php artisan queue:work --tries=3'],
    django: [...celery, 'python manage.py rqworker', './manage.py qcluster'],
    rails: ['bundle exec sidekiq', 'bin/jobs', 'bundle exec rake jobs:work'],
    alembic: [...celery, `rq worker ${project}`],
    prisma: ['npm run worker', 'node dist/worker.js', 'yarn worker', '["node", "worker.js"]'],
  }[framework];
}

/** The services of the company's application with their passwords written in. */
export const dockerCompose: TrapKind = {
  name: 'docker-compose',
  summary: 'compose file with passwords written in',
  mode: readableByAll,
  relativePath: (persona) => `${persona.project}/docker-compose.yml`,
  async make({ persona, path, templates, decoy }) {
    const story = storyteller(persona.seed, 'docker-compose');
    const isStored = story.datatype.boolean({ probability: 0.7 });
    const secrets = {
      database: servicePassword(),
      cache: servicePassword(),
      session: randomText(alphabets.hexadecimal, story.helpers.arrayElement([32, 48, 64])),
      ...(isStored && {
        storageKeyId: awsAccessKeyId(persona.awsAccountId),
        storageSecret: awsSecretAccessKey(),
      }),
    };
    const { framework, version, port, database, imageRegistry } = deploymentOf(persona);
    const user = `${persona.project}_${story.helpers.arrayElement(['backend', 'worker', 'stack', 'jobs', 'queue'])}`;
    const choice = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
    // The server has users; the application's own is the one without a name.
    const cacheUser = choice('worker', 'queue', 'jobs', persona.project);
    const image = `${imageRegistry}/${accountsOf(persona).organisation}/${persona.project}:${version}`;
    const worker = choice('worker', 'jobs', 'queue', 'scheduler');
    const proxy = choice('nginx', 'traefik', 'caddy');
    const restarts = story.datatype.boolean({ probability: 0.8 }) ? ['restart'] : [];
    const networks = story.datatype.boolean({ probability: 0.6 }) ? ['networks'] : [];
    const blocks = story.helpers.shuffle([
      'ports',
      'command',
      'volumes',
      'environment',
      ...restarts,
      ...networks,
    ]);
    // Almost everybody names the image first.
    const order = choice(['image', ...blocks], ['image', ...blocks], [...blocks, 'image']);
    const having = (...wanted: string[]) =>
      order.filter((block) => ['image', 'restart', 'networks', ...wanted].includes(block));
    const values = {
      persona,
      path,
      variables: story.helpers.shuffle<Variable>([
        {
          name: choice('DATABASE_URL', 'DB_URL', 'APP_DATABASE_URL'),
          value: `${choice('postgres', 'postgresql')}://${user}:${secrets.database}@${urlHost(decoy.host)}:${decoy.ports.postgres}/${database}`,
        },
        {
          name: choice('REDIS_URL', 'CACHE_URL', 'BROKER_URL'),
          value: `redis://${cacheUser}:${secrets.cache}@${urlHost(decoy.host)}:${decoy.ports.redis}/${story.number.int(3)}`,
        },
        {
          name: choice('CSRF_SECRET', 'COOKIE_SECRET', 'HMAC_KEY', 'WORKER_SECRET'),
          value: secrets.session,
        },
        ...(secrets.storageKeyId && secrets.storageSecret
          ? [
              { name: 'AWS_ACCESS_KEY_ID', value: secrets.storageKeyId },
              { name: 'AWS_SECRET_ACCESS_KEY', value: secrets.storageSecret },
            ]
          : []),
        ...story.helpers.arrayElements<Variable>(
          [
            { name: choice('LOG_LEVEL', 'LOGLEVEL', 'LOG'), value: choice('info', 'warn', 'error') },
            { name: 'TZ', value: persona.place.timeZone },
            {
              name: choice('WORKERS', 'WEB_CONCURRENCY', 'POOL_SIZE'),
              value: `${story.number.int({ min: 2, max: 24 })}`,
            },
            { name: choice('MAIL_HOST', 'SMTP_HOST', 'SMTP_SERVER'), value: persona.hosts.mail.fullName },
            {
              name: choice('BASE_URL', 'PUBLIC_URL', 'SITE_URL'),
              value: `https://${persona.project}.${persona.domain}`,
            },
          ],
          { min: 0, max: 4 },
        ),
      ]),
      // A key of digits alone would be a number, and a name in hexadecimal one with an exponent.
      quoted: choice(true, true, false) || /^[\de]+$/.test(secrets.session),
      listed: choice(true, false),
      services: story.helpers.shuffle<object>([
        {
          name: choice('web', 'app', 'api', 'backend', persona.project),
          image,
          port: choice(`127.0.0.1:${port}:${port}`, `${port}:${port}`),
          blocks: having('ports', 'environment'),
        },
        {
          name: worker,
          image,
          command: choice(...workersOf(framework, persona.project)),
          blocks: choice(having('command', 'environment'), having('environment')),
        },
        ...story.helpers.arrayElements<object>(
          [
            {
              name: choice('static', 'media', 'assets', 'uploads'),
              image: `nginx:${proxyTags.nginx}`,
              volume: `${choice('./data', `/srv/${persona.project}/data`, `/data/${persona.project}`)}:/usr/share/nginx/html:ro`,
              blocks: having('volumes'),
            },
            {
              name: choice('mailer', 'smtp', 'postfix'),
              image: `${choice('boky/postfix', 'mwader/postfix-relay', 'namshi/smtp')}:latest`,
              blocks: having(),
            },
          ],
          { min: 0, max: 2 },
        ),
        {
          name: choice('proxy', 'edge', 'frontend', proxy),
          image: `${proxy}:${proxyTags[proxy]}`,
          port: choice('443:443', '80:80', '8443:443', '0.0.0.0:443:443'),
          volume: `${choice('./certs', `/etc/ssl/${persona.project}`, './tls', `/srv/${persona.project}/certs`)}:${choice('/certs', '/etc/tls', '/etc/ssl/private')}:ro`,
          blocks: choice(having('ports', 'volumes'), having('ports', 'volumes'), having('ports')),
        },
      ]),
      network: choice('internal', 'backend', persona.project, 'app-net'),
      networks,
      restart: choice('always', 'unless-stopped', 'on-failure'),
    };
    return {
      content: Buffer.from(templates.text('docker-compose/docker-compose.yml.njk', values)),
      secrets: labelled(secrets),
      logins: [
        { service: 'postgres', user, password: secrets.database },
        { service: 'redis', user: cacheUser, password: secrets.cache },
      ],
    };
  },
};
