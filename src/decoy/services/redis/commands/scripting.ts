import { createHash } from 'node:crypto';
import { type Family, withSubcommands } from '../command.js';
import { failure, ok } from '../reply.js';

const noScript = failure('NOSCRIPT No matching script. Please use EVAL.');

/** Scripts, which are taken and not run, and channels, on which nothing ever comes. */
export const scripting: Family = {
  eval: (_, [, script = '', keys]) => {
    if (!/^\d+$/.test(keys ?? '')) return failure('ERR value is not an integer or out of range');
    const plain = /^\s*return\s+(-?\d+|(['"])(.*)\2)\s*;?\s*$/s.exec(script);
    if (plain !== null) return plain[3] ?? Number(plain[1]);
    return null;
  },
  evalsha: () => noScript,
  script: withSubcommands('script', {
    load: {
      arity: 3,
      run: ({ server: { scripts } }, [, , script = '']) => {
        const name = createHash('sha1').update(script, 'latin1').digest('hex');
        if (scripts.size < 1000) scripts.add(name);
        return name;
      },
    },
    exists: {
      arity: -3,
      run: ({ server: { scripts } }, [, , ...names]) => names.map((name) => (scripts.has(name) ? 1 : 0)),
    },
    flush: {
      arity: -2,
      run: ({ server: { scripts } }) => {
        scripts.clear();
        return ok;
      },
    },
    kill: { arity: 2, run: () => failure('NOTBUSY No scripts in execution right now.') },
  }),
  publish: () => 0,
  pubsub: withSubcommands('pubsub', {
    channels: { arity: -2, run: () => [] },
    numpat: { arity: 2, run: () => 0 },
  }),
  subscribe: (client, [, ...names]) => ({
    several: names.map((name) => joined('subscribe', client.channels, name, count(client))),
  }),
  psubscribe: (client, [, ...names]) => ({
    several: names.map((name) => joined('psubscribe', client.patterns, name, count(client))),
  }),
  unsubscribe: (client, [, ...names]) => parted('unsubscribe', client.channels, names, count(client)),
  punsubscribe: (client, [, ...names]) => parted('punsubscribe', client.patterns, names, count(client)),
};

type Count = () => number;

function count({ channels, patterns }: { channels: Set<string>; patterns: Set<string> }): Count {
  return () => channels.size + patterns.size;
}

function joined(word: string, channels: Set<string>, name: string, size: Count) {
  if (channels.size < 1000) channels.add(name.slice(0, 1024));
  return { push: [word, name, size()] };
}

function parted(word: string, channels: Set<string>, names: readonly string[], size: Count) {
  const wanted = names.length > 0 ? names : [...channels];
  if (wanted.length === 0) return { push: [word, null, size()] };
  return {
    several: wanted.map((name) => {
      channels.delete(name);
      return { push: [word, name, size()] };
    }),
  };
}
