import {
  type Client,
  type Family,
  held,
  heldOrNew,
  integer,
  notInteger,
  outOfMemory,
  syntaxError,
  wrongType,
} from '../command.js';
import { failure, ok, type Reply } from '../reply.js';

/** Keys that hold a hash, a list, a set or a sorted set. */
export const collections: Family = {
  hget: (client, [, key = '', field = '']) => ofHash(client, key, (fields) => fields.get(field) ?? null),
  hgetall: (client, [, key = '']) => ofHash(client, key, (fields) => ({ map: [...fields] })),
  hkeys: (client, [, key = '']) => ofHash(client, key, (fields) => [...fields.keys()]),
  hvals: (client, [, key = '']) => ofHash(client, key, (fields) => [...fields.values()]),
  hlen: (client, [, key = '']) => ofHash(client, key, (fields) => fields.size),
  hexists: (client, [, key = '', field = '']) => ofHash(client, key, (fields) => (fields.has(field) ? 1 : 0)),
  hmget: (client, [, key = '', ...names]) =>
    ofHash(client, key, (fields) => names.map((name) => fields.get(name) ?? null)),
  hdel: (client, [, key = '', ...names]) =>
    ofHash(client, key, (fields) =>
      emptied(client, key, names.filter((name) => fields.delete(name)).length, fields.size),
    ),
  hset: (client, words) => hset(client, words, 'hset'),
  hmset: (client, words) => {
    const added = hset(client, words, 'hmset');
    return typeof added === 'number' ? ok : added;
  },
  lpush: (client, words) => push(client, words, 'unshift'),
  rpush: (client, words) => push(client, words, 'push'),
  lpop: (client, words) => pop(client, words, 'shift'),
  rpop: (client, words) => pop(client, words, 'pop'),
  llen: (client, [, key = '']) => ofList(client, key, (items) => items.length),
  lindex: (client, [, key = '', at]) => {
    const index = integer(at);
    return index === undefined ? notInteger : ofList(client, key, (items) => items.at(index) ?? null);
  },
  lrange: (client, [, key = '', from, to]) => {
    const [start, end] = [integer(from), integer(to)];
    if (start === undefined || end === undefined) return notInteger;
    return ofList(client, key, (items) => ranged(items, start, end));
  },
  sadd: (client, [, key = '', ...members]) => {
    if (!hasRoom(client, members)) return outOfMemory;
    const found = heldOrNew<'set'>(client, key, { kind: 'set', members: new Set() });
    if (found === 'wrong') return wrongType;
    const before = found.members.size;
    for (const member of members) found.members.add(member);
    return found.members.size - before;
  },
  srem: (client, [, key = '', ...names]) =>
    ofSet(client, key, (members) =>
      emptied(client, key, names.filter((name) => members.delete(name)).length, members.size),
    ),
  smembers: (client, [, key = '']) => ofSet(client, key, (members) => ({ set: [...members] })),
  scard: (client, [, key = '']) => ofSet(client, key, (members) => members.size),
  sismember: (client, [, key = '', member = '']) =>
    ofSet(client, key, (members) => (members.has(member) ? 1 : 0)),
  zadd: (client, [, key = '', ...rest]) => {
    if (rest.length % 2 !== 0) return syntaxError;
    const scores = rest.filter((_, index) => index % 2 === 0).map(Number);
    if (scores.some(Number.isNaN)) return failure('ERR value is not a valid float');
    if (!hasRoom(client, rest)) return outOfMemory;
    const found = heldOrNew<'zset'>(client, key, { kind: 'zset', scores: new Map() });
    if (found === 'wrong') return wrongType;
    const before = found.scores.size;
    for (const [index, score] of scores.entries()) found.scores.set(rest[index * 2 + 1] as string, score);
    return found.scores.size - before;
  },
  zcard: (client, [, key = '']) => ofSorted(client, key, (scores) => scores.size),
  zscore: (client, [, key = '', member = '']) =>
    ofSorted(client, key, (scores) => scores.get(member)?.toString() ?? null),
  zrange: (client, words) => zrange(client, words),
  zrevrange: (client, words) => zrange(client, words, true),
};

function ofHash(client: Client, key: string, then: (fields: Map<string, string>) => Reply): Reply {
  const found = held(client, key, 'hash');
  return found === 'wrong' ? wrongType : then(found?.fields ?? new Map());
}

function ofList(client: Client, key: string, then: (items: string[]) => Reply): Reply {
  const found = held(client, key, 'list');
  return found === 'wrong' ? wrongType : then(found?.items ?? []);
}

function ofSet(client: Client, key: string, then: (members: Set<string>) => Reply): Reply {
  const found = held(client, key, 'set');
  return found === 'wrong' ? wrongType : then(found?.members ?? new Set());
}

function ofSorted(client: Client, key: string, then: (scores: Map<string, number>) => Reply): Reply {
  const found = held(client, key, 'zset');
  return found === 'wrong' ? wrongType : then(found?.scores ?? new Map());
}

function hset(client: Client, [, key = '', ...pairs]: readonly string[], name: string): Reply {
  if (pairs.length % 2 !== 0) return failure(`ERR wrong number of arguments for '${name}' command`);
  if (!hasRoom(client, pairs)) return outOfMemory;
  const found = heldOrNew<'hash'>(client, key, { kind: 'hash', fields: new Map() });
  if (found === 'wrong') return wrongType;
  const before = found.fields.size;
  for (let at = 0; at < pairs.length; at += 2) found.fields.set(pairs[at] as string, pairs[at + 1] as string);
  return found.fields.size - before;
}

function push(client: Client, [, key = '', ...items]: readonly string[], end: 'push' | 'unshift'): Reply {
  if (!hasRoom(client, items)) return outOfMemory;
  const found = heldOrNew<'list'>(client, key, { kind: 'list', items: [] });
  if (found === 'wrong') return wrongType;
  for (const item of items) found.items[end](item);
  return found.items.length;
}

function pop(client: Client, [, key = '', count]: readonly string[], end: 'pop' | 'shift'): Reply {
  const wanted = count === undefined ? 1 : integer(count);
  if (wanted === undefined || wanted < 0) return failure('ERR value is out of range, must be positive');
  return ofList(client, key, (items) => {
    const taken: string[] = [];
    while (taken.length < wanted && items.length > 0) taken.push(items[end]() as string);
    emptied(client, key, 0, items.length);
    if (count === undefined) return taken[0] ?? null;
    return taken.length === 0 ? { none: 'array' } : taken;
  });
}

function zrange(client: Client, words: readonly string[], reversed = false): Reply {
  const [, key = '', from, to, ...options] = words;
  const [start, end] = [integer(from), integer(to)];
  if (start === undefined || end === undefined) return notInteger;
  const flags = options.map((option) => option.toLowerCase());
  if (flags.some((flag) => flag !== 'withscores' && flag !== 'rev')) return syntaxError;
  return ofSorted(client, key, (scores) => {
    const sorted = [...scores].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
    if (reversed || flags.includes('rev')) sorted.reverse();
    const chosen = ranged(sorted, start, end);
    return chosen.flatMap(([member, score]) =>
      flags.includes('withscores') ? [member, String(score)] : [member],
    );
  });
}

function ranged<Item>(items: readonly Item[], start: number, end: number): Item[] {
  const from = start < 0 ? Math.max(0, items.length + start) : start;
  const to = end < 0 ? items.length + end : end;
  return items.slice(from, to + 1);
}

/** A collection without anything in it is no key. */
function emptied(client: Client, key: string, answer: number, size: number): number {
  if (size === 0) client.store.delete(client.database, key);
  return answer;
}

function hasRoom(client: Client, words: readonly string[]): boolean {
  return client.store.takesMore(words.reduce((sum, word) => sum + word.length + 16, 0));
}
