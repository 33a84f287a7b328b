import type { Faker } from '@faker-js/faker';
import type { DecoyAddresses, TrapLogin } from './decoy-addresses.js';
import { decoyUrl, urlHost } from './decoy-url.js';
import { deploymentOf } from './deployment.js';
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

/**
 * A visit of the decoy's web pages and of some of its other services, as someone with the login name `login`
 * types them.
 */
export function decoyVisits(
  persona: Persona,
  decoy: DecoyAddresses,
  login: string,
  story: Faker,
): DecoyVisits {
  const { host, ports } = decoy;
  const { project } = persona;
  const one = (choices: readonly string[]) => story.helpers.arrayElement(choices);
  const all = {
    ssh: inventedPassword(persona.locale),
    // Letters and digits only: it may stand in a URL.
    postgres: randomText(alphabets.alphanumeric, story.number.int({ min: 14, max: 26 })),
    redis: randomText(alphabets.alphanumeric, story.number.int({ min: 20, max: 40 })),
    http: generatedPassword(story.number.int({ min: 10, max: 18 })),
  };
  // One's own role and user, as nobody shares them: each has one password.
  const own = login === 'root' ? `${project}_ops` : login;
  const role = one([own, `${own}_ro`, `${own}_rw`]);
  const { database } = deploymentOf(persona);
  const psql = one([
    `PGPASSWORD=${all.postgres} psql -h ${host} -p ${ports.postgres} -U ${role} ${database}`,
    `psql postgresql://${role}:${all.postgres}@${urlHost(host)}:${ports.postgres}/${database}`,
    `PGPASSWORD=${all.postgres} psql -h ${host} -p ${ports.postgres} -U ${role} -d ${database} -c '\\dt'`,
  ]);
  const word = shellWord(all.ssh);
  const ssh = one([
    `sshpass -p ${word} ssh -p ${ports.ssh} ${login}@${host}`,
    `SSHPASS=${word} sshpass -e ssh -p ${ports.ssh} ${login}@${host} uptime`,
    `sshpass -p ${word} ssh ${login}@${host} -p ${ports.ssh} 'df -h; free -m'`,
    `lftp -p ${ports.ssh} -u ${shellWord(`${login},${all.ssh}`)} sftp://${urlHost(host)}`,
    `curl -k -u ${shellWord(`${login}:${all.ssh}`)} sftp://${urlHost(host)}:${ports.ssh}/~/`,
  ]);
  const redis = one([
    `redis-cli -h ${host} -p ${ports.redis} --user ${own} -a ${all.redis} info`,
    `redis-cli -h ${host} -p ${ports.redis} --user ${own} -a ${all.redis}`,
    `redis-cli -u redis://${own}:${all.redis}@${urlHost(host)}:${ports.redis} dbsize`,
  ]);
  const page = one(['admin', 'status', 'api/health', 'api/v1/users', 'export', 'login', '']);
  const quote = one(['', '', "'", '"']);
  const address = `${quote}${decoyUrl(decoy)}/${page}${quote}`;
  const curl = `curl ${one(['-u', '-s -u', '-sS -u', '-k -u'])} ${shellWord(`${login}:${all.http}`)} ${address}`;
  const fetch = one([
    curl,
    curl,
    `wget -qO- --user=${login} --password=${shellWord(all.http)} ${address}`,
    `http -a ${shellWord(`${login}:${all.http}`)} ${address}`,
  ]);
  const visits = [
    {
      commands: story.datatype.boolean() ? [`ssh -p ${ports.ssh} ${login}@${host}`, ssh] : [ssh],
      login: { service: 'ssh', user: login, password: all.ssh },
    },
    {
      commands: story.datatype.boolean() ? [`pg_isready -h ${host} -p ${ports.postgres}`, psql] : [psql],
      login: { service: 'postgres', user: role, password: all.postgres },
    },
    {
      commands: story.datatype.boolean() ? [redis, redis.replace(/ (info|dbsize)$/, ' ping')] : [redis],
      login: { service: 'redis', user: own, password: all.redis },
    },
  ] as const;
  const pages = {
    commands: story.datatype.boolean()
      ? [fetch, `${fetch} | ${one(['jq .', 'less', 'head', 'python3 -m json.tool'])}`]
      : [fetch],
    login: { service: 'http', user: login, password: all.http },
  } as const;
  const made = [...story.helpers.arrayElements(visits, { min: 1, max: 3 }), pages];
  return {
    commands: made.map(({ commands }) => commands),
    secrets: Object.fromEntries(made.map((visit) => [visit.login.service, visit.login.password])),
    logins: made.map((visit) => visit.login),
  };
}
