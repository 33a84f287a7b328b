import { type Client, type Family, integer, notInteger, withSubcommands } from '../command.js';
import { failure, ok, type Reply } from '../reply.js';

const wrongPass = failure('WRONGPASS invalid username-password pair or user is disabled.');

/** Who is connected, and how. */
export const connection: Family = {
  ping: (_, [, text, ...rest]) =>
    rest.length > 0
      ? failure("ERR wrong number of arguments for 'ping' command")
      : (text ?? { status: 'PONG' }),
  echo: (_, [, text = '']) => text,
  quit: (client) => {
    client.isClosing = true;
    return ok;
  },
  auth: (client, words) => {
    if (words.length > 3) return failure('ERR syntax error');
    const [, first = '', second] = words;
    return logIn(client, second === undefined ? 'default' : first, second ?? first) ?? ok;
  },
  hello,
  reset: (client) => {
    Object.assign(client, { database: 0, protocol: 2, queued: undefined, name: '', isAuthenticated: false });
    client.channels.clear();
    client.patterns.clear();
    return { status: 'RESET' };
  },
  select: (client, [, text]) => {
    const database = integer(text);
    if (database === undefined) return notInteger;
    if (database < 0 || database > 15) return failure('ERR DB index is out of range');
    client.database = database;
    return ok;
  },
  client: withSubcommands('client', {
    id: { arity: 2, run: ({ id }) => id },
    getname: { arity: 2, run: ({ name }) => (name === '' ? null : name) },
    setname: {
      arity: 3,
      run: (client, [, , name = '']) => {
        if (/[^!-~]/.test(name))
          return failure('ERR Client names cannot contain spaces, newlines or special characters.');
        client.name = name.slice(0, 256);
        return ok;
      },
    },
    list: { arity: -2, run: (client) => `${line(client, 'client|list')}\n` },
    info: { arity: 2, run: (client) => `${line(client, 'client|info')}\n` },
    kill: { arity: -3, run: (_, words) => (words.length === 3 ? failure('ERR No such client') : 0) },
    reply: { arity: 3, run: () => ok },
    'no-evict': { arity: 3, run: () => ok },
    pause: { arity: -3, run: () => ok },
    unpause: { arity: 2, run: () => ok },
  }),
};

function hello(client: Client, words: readonly string[]): Reply {
  const wanted = words[1] === undefined ? client.protocol : integer(words[1]);
  if (wanted === undefined) return failure('ERR Protocol version is not an integer or out of range');
  if (wanted !== 2 && wanted !== 3) return failure('NOPROTO unsupported protocol version');
  const refused = helloOptions(client, words);
  if (refused !== undefined) return refused;
  if (!client.isAuthenticated)
    return failure(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    );
  client.protocol = wanted;
  const facts: [string, Reply][] = [
    ['server', 'redis'],
    ['version', client.version],
    ['proto', wanted],
    ['id', client.id],
    ['mode', 'standalone'],
    ['role', client.server.master === undefined ? 'master' : 'replica'],
    ['modules', []],
  ];
  return { map: facts };
}

function helloOptions(client: Client, words: readonly string[]): Reply | undefined {
  for (let at = 2; at < words.length; ) {
    const option = (words[at] as string).toLowerCase();
    if (option === 'auth' && words.length > at + 2) {
      const refused = logIn(client, words[at + 1] as string, words[at + 2] as string);
      if (refused !== undefined) return refused;
      at += 3;
    } else if (option === 'setname' && words.length > at + 1) {
      client.name = (words[at + 1] as string).slice(0, 256);
      at += 2;
    } else return failure(`ERR Syntax error in HELLO option '${(words[at] as string).slice(0, 128)}'`);
  }
  return undefined;
}

function logIn(client: Client, user: string, password: string): Reply | undefined {
  if (client.logIn(user, password) === undefined) return wrongPass;
  client.isAuthenticated = true;
  return undefined;
}

function line(client: Client, command: string): string {
  const { id, remote, local, name, database, beganAt, protocol } = client;
  const age = Math.floor((Date.now() - beganAt) / 1000);
  return (
    `id=${id} addr=${remote.ip}:${remote.port} laddr=${local.ip}:${local.port} fd=8 name=${name} age=${age} idle=0 ` +
    `flags=N db=${database} sub=${client.channels.size} psub=${client.patterns.size} ssub=0 multi=-1 qbuf=26 ` +
    'qbuf-free=20448 argv-mem=10 multi-mem=0 rbs=16384 rbp=16384 obl=0 oll=0 omem=0 tot-mem=37658 events=r ' +
    `cmd=${command} user=default redir=-1 resp=${protocol}`
  );
}
