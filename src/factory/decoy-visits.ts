import type { Faker } from '@faker-js/faker';
import type { DecoyAddresses, TrapLogin } from './decoy-addresses.js';
import { decoyUrl, urlHost } from './decoy-url.js';
import type { Persona } from './persona.js';
import { alphabets, generatedPassword, inventedPassword, randomText } from './secrets.js';
import { shellWord } from './shell-words.js';

/** Commands that log in to the decoy, each with a password that stands nowhere else. */
export interface DecoyVisits {
  /** What was typed at each visit, in its order. */
  readonly commands: readonly (readonly string[])[];
  readonly secrets: Readonly<Record<string, string>>;
  readonly logins: readonly TrapLogin[];
}

/** One visit of each service of the decoy, as someone with the login name `login` types it. */
export function decoyVisits(
  persona: Persona,
  decoy: DecoyAddresses,
  login: string,
  story: Faker,
): DecoyVisits {
  const { host, ports } = decoy;
  const { project } = persona;
  const one = (choices: readonly string[]) => story.helpers.arrayElement(choices);
  const secrets = {
    ssh: inventedPassword(),
    // Letters and digits only: it may stand in a URL.
    postgres: randomText(alphabets.alphanumeric, story.number.int({ min: 14, max: 26 })),
    redis: randomText(alphabets.alphanumeric, story.number.int({ min: 20, max: 40 })),
    http: generatedPassword(story.number.int({ min: 10, max: 18 })),
  };
  const role = one([`${project}_app`, `${project}_ro`, `${project}_admin`, 'postgres']);
  const database = one([project, `${project}_prod`, `${project}_production`]);
  const psql = one([
    `PGPASSWORD=${secrets.postgres} psql -h ${host} -p ${ports.postgres} -U ${role} ${database}`,
    `psql postgresql://${role}:${secrets.postgres}@${urlHost(host)}:${ports.postgres}/${database}`,
    `PGPASSWORD=${secrets.postgres} psql -h ${host} -p ${ports.postgres} -U ${role} -d ${database} -c '\\dt'`,
  ]);
  const ssh = one([
    `sshpass -p ${shellWord(secrets.ssh)} ssh -p ${ports.ssh} ${login}@${host}`,
    `SSHPASS=${shellWord(secrets.ssh)} sshpass -e ssh -p ${ports.ssh} ${login}@${host} uptime`,
    `sshpass -p ${shellWord(secrets.ssh)} ssh ${login}@${host} -p ${ports.ssh} 'df -h; free -m'`,
  ]);
  const redis = one([
    `redis-cli -h ${host} -p ${ports.redis} -a ${secrets.redis} info`,
    `redis-cli -h ${host} -p ${ports.redis} -a ${secrets.redis}`,
    `redis-cli -u redis://default:${secrets.redis}@${urlHost(host)}:${ports.redis} dbsize`,
  ]);
  const page = one(['admin', 'status', 'api/health', 'api/v1/users', 'export', 'login', '']);
  const account = shellWord(`${login}:${secrets.http}`);
  const curl = `curl ${one(['-u', '-s -u', '-sS -u', '-k -u'])} ${account} ${decoyUrl(decoy)}/${page}`;
  return {
    commands: [
      story.datatype.boolean() ? [`ssh -p ${ports.ssh} ${login}@${host}`, ssh] : [ssh],
      story.datatype.boolean() ? [`pg_isready -h ${host} -p ${ports.postgres}`, psql] : [psql],
      story.datatype.boolean() ? [redis, redis.replace(/ (info|dbsize)$/, ' ping')] : [redis],
      story.datatype.boolean()
        ? [curl, `${curl} | ${one(['jq .', 'less', 'head', 'python3 -m json.tool'])}`]
        : [curl],
    ],
    secrets,
    logins: [
      { service: 'ssh', user: login, password: secrets.ssh },
      { service: 'postgres', user: role, password: secrets.postgres },
      { service: 'redis', user: 'default', password: secrets.redis },
      { service: 'http', user: login, password: secrets.http },
    ],
  };
}
