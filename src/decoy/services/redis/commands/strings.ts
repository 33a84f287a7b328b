import {
  type Client,
  type Family,
  held,
  integer,
  notInteger,
  outOfMemory,
  syntaxError,
  wrongType,
} from '../command.js';
import { ok, type Reply } from '../reply.js';

/** Keys that hold a string. */
export const strings: Family = {
  get: (client, [, key = '']) => get(client, key),
  mget: (client, [, ...names]) =>
    names.map((name) => {
      const found = held(client, name, 'string');
      return found === undefined || found === 'wrong' ? null : found.text;
    }),
  set,
  setnx: (client, [, key = '', text = '']) => {
    if (client.store.get(client.database, key) !== undefined) return 0;
    return put(client, key, text) ?? 1;
  },
  setex: (client, [, key = '', seconds, text = '']) => {
    const time = integer(seconds);
    if (time === undefined) return notInteger;
    const full = put(client, key, text);
    client.store.expire(client.database, key, Date.now() + time * 1000);
    return full ?? ok;
  },
  getset: (client, [, key = '', text = '']) => {
    const before = get(client, key);
    return before === wrongType ? before : (put(client, key, text) ?? before);
  },
  getdel: (client, [, key = '']) => {
    const before = get(client, key);
    if (before !== wrongType) client.store.delete(client.database, key);
    return before;
  },
  append: (client, [, key = '', text = '']) => {
    const found = held(client, key, 'string');
    if (found === 'wrong') return wrongType;
    const whole = (found?.text ?? '') + text;
    return put(client, key, whole) ?? whole.length;
  },
  strlen: (client, [, key = '']) => {
    const found = held(client, key, 'string');
    return found === 'wrong' ? wrongType : (found?.text.length ?? 0);
  },
  incr: (client, [, key = '']) => add(client, key, 1),
  decr: (client, [, key = '']) => add(client, key, -1),
  incrby: (client, [, key = '', by]) => add(client, key, integer(by)),
  decrby: (client, [, key = '', by]) => {
    const number = integer(by);
    return add(client, key, number === undefined ? undefined : -number);
  },
};

function get(client: Client, key: string): Reply {
  const found = held(client, key, 'string');
  return found === 'wrong' ? wrongType : (found?.text ?? null);
}

function put(client: Client, key: string, text: string): Reply | undefined {
  if (!client.store.takesMore(key.length + text.length)) return outOfMemory;
  client.store.set(client.database, key, { kind: 'string', text });
  return undefined;
}

function set(client: Client, [, key = '', text = '', ...options]: readonly string[]): Reply {
  const read = setOptions(options);
  if ('refusal' in read) return read.refusal;
  const exists = client.store.get(client.database, key) !== undefined;
  if ((read.only === 'nx' && exists) || (read.only === 'xx' && !exists)) return null;
  const full = put(client, key, text);
  if (!read.keepsTime) client.store.expire(client.database, key, read.until);
  return full ?? ok;
}

interface SetOptions {
  only?: 'nx' | 'xx';
  until?: number;
  keepsTime?: boolean;
}

function setOptions(words: readonly string[]): SetOptions | { readonly refusal: Reply } {
  const [word, time, ...rest] = words;
  if (word === undefined) return {};
  const option = word.toLowerCase();
  if (option === 'ex' || option === 'px') {
    const number = integer(time);
    if (number === undefined) return { refusal: time === undefined ? syntaxError : notInteger };
    return { until: Date.now() + number * (option === 'ex' ? 1000 : 1), ...setOptions(rest.slice(0, 8)) };
  }
  const others = setOptions(words.slice(1, 9));
  if (option === 'nx' || option === 'xx') return { only: option, ...others };
  return option === 'keepttl' ? { keepsTime: true, ...others } : { refusal: syntaxError };
}

function add(client: Client, key: string, by: number | undefined): Reply {
  const found = held(client, key, 'string');
  if (found === 'wrong') return wrongType;
  const number = integer(found?.text ?? '0');
  if (number === undefined || by === undefined) return notInteger;
  return put(client, key, String(number + by)) ?? number + by;
}
