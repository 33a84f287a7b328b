import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRuleBook } from '../../../../src/attack/load-rules.js';
import { techniqueMatcher } from '../../../../src/core/technique-matcher.js';
import { type TrailEvent, trailKinds } from '../../../../src/core/trail.js';

const book = await readRuleBook(fileURLToPath(new URL('../../../../resources/attack', import.meta.url)));
const match = techniqueMatcher(book.rules, book.techniques);
const programs = [
  'sh',
  'bash',
  'curl',
  'grep',
  'find',
  'tar',
  'socat',
  'python3',
  'dd',
  'sudo',
  'nc',
  'chmod',
];

function exec(args: readonly string[]): TrailEvent {
  const executable = `/usr/bin/${args[0]}`;
  return { kind: 'exec', atNs: 0n, rootPid: 1, path: executable, process: { pid: 2, executable, args } };
}

const piece = fc.constantFrom(
  'a',
  '$(',
  '`',
  '((',
  '"',
  "'",
  '\\',
  '|',
  ';',
  '/',
  '..',
  '-',
  '=',
  '-c',
  'sudo ',
  'https://',
  'tcp-listen:',
  '/dev/tcp/',
  'q',
  ' ',
  '{',
  '\n',
  '<(',
  '.sh',
);
const long = fc
  .tuple(piece, piece, fc.integer({ min: 1, max: 40_000 }))
  .map(([one, other, times]) => (one + other).repeat(times).slice(0, 100_000));

test('an event of long hostile arguments never throws and takes not for long', () => {
  fc.assert(
    fc.property(fc.constantFrom(...programs), fc.array(long, { maxLength: 4 }), (program, texts) => {
      const event = exec([program, '-c', ...texts]);
      // The quickest of three: the machine may be busy with something else.
      const times = [0, 1, 2].map(() => {
        const start = performance.now();
        match(event);
        return performance.now() - start;
      });
      expect(Math.min(...times)).toBeLessThan(1000);
    }),
    { numRuns: 200 },
  );
});

const inherited = [
  ...Object.getOwnPropertyNames(Object.prototype),
  ...['prototype', 'length', 'name', 'caller', 'then', 'toJSON', '', '.', '..', '-', '/', ':'],
];

test.each(inherited)('a program or argument named %j is taken without an error', (name) => {
  const file = `/tmp/${name}`;
  for (const executable of [name, file])
    for (const args of [
      [name],
      [executable, name, '-c', name],
      ['sudo', name],
      ['sh', '-c', `${name} | ${name}; eval ${name}`],
    ])
      for (const kind of trailKinds) {
        const process = { pid: 2, executable, name, args };
        const event: TrailEvent = { kind, atNs: 0n, rootPid: 1, path: file, process, parent: process };
        expect(Array.isArray(match(event))).toBe(true);
      }
});

test('any event at all of any program is taken without an error', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(...inherited, ...programs),
  );
  const facts = fc.record(
    {
      pid: fc.nat(),
      executable: text,
      name: text,
      workingDirectory: text,
      args: fc.array(text, { maxLength: 8 }),
    },
    { requiredKeys: ['pid'] },
  );
  const events = fc.record(
    {
      kind: fc.constantFrom(...trailKinds),
      atNs: fc.constant(0n),
      rootPid: fc.nat(),
      process: facts,
      parent: facts,
      path: text,
      destination: text,
      mode: fc.nat(),
      address: fc.record({ family: fc.constant('inet' as const), ip: text, path: text, port: fc.nat() }),
      before: fc.record({ uid: fc.nat(), effectiveUid: fc.nat() }),
    },
    { requiredKeys: ['kind', 'atNs', 'rootPid', 'process'] },
  );
  fc.assert(
    fc.property(events, (event) => {
      expect(Array.isArray(match(event as TrailEvent))).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('any event at all is taken without an error', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 30 }), (args) => {
      expect(Array.isArray(match(exec(args)))).toBe(true);
    }),
  );
});
