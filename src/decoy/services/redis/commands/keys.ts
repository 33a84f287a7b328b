import { type Client, type Family, integer, notInteger, syntaxError, withSubcommands } from '../command.js';
import { matchesGlob } from '../glob.js';
import { failure, ok, type Reply } from '../reply.js';

const noSuchKey = failure('ERR no such key');

/** What can be done to a key, whatever it holds. */
export const keys: Family = {
  keys: ({ store, database }, [, pattern = '']) =>
    store.keys(database).filter((key) => matchesGlob(pattern, key)),
  scan,
  dbsize: ({ store, database }) => store.keys(database).length,
  randomkey: ({ store, database }) => {
    const all = store.keys(database);
    return all[Math.floor(Math.random() * all.length)] ?? null;
  },
  exists: ({ store, database }, [, ...names]) =>
    names.filter((name) => store.get(database, name) !== undefined).length,
  type: ({ store, database }, [, key = '']) => ({ status: store.get(database, key)?.kind ?? 'none' }),
  del: remove,
  unlink: remove,
  ttl: (client, words) => left(client, words, 1000),
  pttl: (client, words) => left(client, words, 1),
  expire: (client, words) => expire(client, words, (number) => Date.now() + number * 1000),
  pexpire: (client, words) => expire(client, words, (number) => Date.now() + number),
  expireat: (client, words) => expire(client, words, (number) => number * 1000),
  persist: ({ store, database }, [, key = '']) => {
    const had = store.get(database, key) !== undefined && store.expiryOf(database, key) !== undefined;
    store.expire(database, key, undefined);
    return had ? 1 : 0;
  },
  rename: ({ store, database }, [, from = '', to = '']) => {
    const found = store.get(database, from);
    if (found === undefined) return noSuchKey;
    const until = store.expiryOf(database, from);
    store.delete(database, from);
    store.set(database, to, found);
    store.expire(database, to, until);
    return ok;
  },
  flushall: (client) => flush(client),
  flushdb: (client) => flush(client, client.database),
  object: withSubcommands('object', {
    encoding: {
      arity: 3,
      run: ({ store, database }, [, , key = '']) => encodings[store.get(database, key)?.kind ?? ''] ?? null,
    },
    refcount: {
      arity: 3,
      run: ({ store, database }, [, , key = '']) => (store.get(database, key) ? 1 : null),
    },
    idletime: {
      arity: 3,
      run: ({ store, database }, [, , key = '']) => (store.get(database, key) ? 214 : null),
    },
  }),
};

const encodings: Record<string, string> = {
  string: 'raw',
  hash: 'listpack',
  list: 'quicklist',
  set: 'hashtable',
  zset: 'listpack',
};

function remove({ store, database }: Client, [, ...names]: readonly string[]): Reply {
  return names.filter((name) => store.get(database, name) !== undefined && store.delete(database, name))
    .length;
}

function flush({ store }: Client, database?: number): Reply {
  store.clear(database);
  return ok;
}

function left({ store, database }: Client, [, key = '']: readonly string[], unit: number): Reply {
  if (store.get(database, key) === undefined) return -2;
  const until = store.expiryOf(database, key);
  return until === undefined ? -1 : Math.round((until - Date.now()) / unit);
}

function expire(
  { store, database }: Client,
  [, key = '', text]: readonly string[],
  when: (n: number) => number,
): Reply {
  const number = integer(text);
  if (number === undefined) return notInteger;
  if (store.get(database, key) === undefined) return 0;
  store.expire(database, key, when(number));
  return 1;
}

function scan({ store, database }: Client, words: readonly string[]): Reply {
  const cursor = integer(words[1]);
  if (cursor === undefined || cursor < 0) return failure('ERR invalid cursor');
  const options = { match: '*', count: '10', type: '' };
  for (let at = 2; at < words.length; at += 2) {
    const name = (words[at] as string).toLowerCase();
    if (!Object.hasOwn(options, name) || words[at + 1] === undefined) return syntaxError;
    options[name as 'match'] = words[at + 1] as string;
  }
  const count = integer(options.count);
  if (count === undefined) return notInteger;
  if (count < 1) return syntaxError;
  const all = store.keys(database);
  const next = cursor + count;
  const found = all
    .slice(cursor, next)
    .filter((key) => matchesGlob(options.match, key))
    .filter((key) => options.type === '' || store.get(database, key)?.kind === options.type.toLowerCase());
  return [String(next < all.length ? next : 0), found];
}
