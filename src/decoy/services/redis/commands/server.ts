import { type Family, integer, withSubcommands } from '../command.js';
import { matchesGlob } from '../glob.js';
import { infoText } from '../info.js';
import { failure, ok, type Reply } from '../reply.js';

const notAllowed = (name: string, option: string) =>
  failure(
    `ERR ${name} command not allowed. If the ${option} option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.`,
  );

/** The server itself: what an intruder asks first, and what is used to write files with it. */
export const server: Family = {
  info: (client, [, ...sections]) => infoText(client, sections),
  config: withSubcommands('config', {
    get: {
      arity: -3,
      run: ({ server: { settings } }, [, , ...patterns]) => ({
        map: [...settings].filter(([name]) =>
          patterns.some((pattern) => matchesGlob(pattern.toLowerCase(), name)),
        ),
      }),
    },
    set: {
      arity: -4,
      run: ({ server: { settings } }, [, , ...pairs]) => {
        const names = pairs.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
        const unknown = names.find((name) => !settings.has(name));
        if (pairs.length % 2 !== 0) return failure("ERR wrong number of arguments for 'config|set' command");
        if (unknown !== undefined)
          return failure(
            `ERR Unknown option or number of arguments for CONFIG SET - '${unknown.slice(0, 128)}'`,
          );
        for (const [index, name] of names.entries())
          settings.set(name, (pairs[index * 2 + 1] as string).slice(0, 1024));
        return ok;
      },
    },
    resetstat: { arity: 2, run: () => ok },
    rewrite: { arity: 2, run: () => ok },
  }),
  time: () => [
    String(Math.floor(Date.now() / 1000)),
    String((Date.now() % 1000) * 1000 + Math.floor(Math.random() * 1000)),
  ],
  save: ({ server: state }) => {
    state.lastSave = Math.floor(Date.now() / 1000);
    return ok;
  },
  bgsave: ({ server: state }) => {
    state.lastSave = Math.floor(Date.now() / 1000);
    return { status: 'Background saving started' };
  },
  bgrewriteaof: () => ({ status: 'Background append only file rewriting started' }),
  lastsave: ({ server: state }) => state.lastSave,
  slaveof: replicate,
  replicaof: replicate,
  role: ({ server: { master } }) =>
    master === undefined
      ? ['master', 0, []]
      : ['slave', master.host, integer(master.port) ?? 0, 'connect', -1],
  module: withSubcommands('module', {
    list: { arity: 2, run: () => [] },
    load: { arity: -3, run: () => notAllowed('MODULE', 'enable-module-command') },
    loadex: { arity: -3, run: () => notAllowed('MODULE', 'enable-module-command') },
    unload: { arity: 3, run: () => notAllowed('MODULE', 'enable-module-command') },
  }),
  debug: () => notAllowed('DEBUG', 'enable-debug-command'),
  monitor: () => ok,
  // It says nothing and is gone.
  shutdown: (client) => {
    client.isClosing = true;
    return { several: [] };
  },
  acl: withSubcommands('acl', {
    whoami: { arity: 2, run: () => 'default' },
    list: { arity: 2, run: () => ['user default on sanitize-payload ~* &* +@all'] },
    users: { arity: 2, run: () => ['default'] },
  }),
  memory: withSubcommands('memory', {
    usage: {
      arity: -3,
      run: ({ store, database }, [, , key = '']) =>
        store.get(database, key) === undefined ? null : 72 + key.length,
    },
    doctor: {
      arity: 2,
      run: () => 'Sam, I detected a few issues in this Redis instance memory implants:\n\n',
    },
  }),
  slowlog: withSubcommands('slowlog', {
    get: { arity: -2, run: () => [] },
    len: { arity: 2, run: () => 0 },
    reset: { arity: 2, run: () => ok },
  }),
  latency: withSubcommands('latency', {
    latest: { arity: 2, run: () => [] },
    reset: { arity: -2, run: () => 0 },
  }),
  cluster: () => failure('ERR This instance has cluster support disabled'),
  lolwut: ({ version }) => `Redis ver. ${version}\n`,
  wait: () => 0,
  swapdb: () => ok,
};

function replicate(
  client: Parameters<NonNullable<Family['x']>>[0],
  [, host = '', port = '']: readonly string[],
): Reply {
  if (host.toLowerCase() === 'no' && port.toLowerCase() === 'one') {
    client.server.master = undefined;
    return ok;
  }
  const number = integer(port);
  if (number === undefined || number < 0 || number > 65_535) return failure('ERR Invalid master port');
  client.server.master = { host: host.slice(0, 256), port };
  return ok;
}
