import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigInvalid } from '../../../src/config/config-invalid.js';
import { configSchema, trapKinds } from '../../../src/config/schema.js';
import { loadManifest, parseManifest } from '../../../src/config/traps-manifest.js';

const parse = (text: string) => parseManifest(text, 'traps.yaml', trapKinds);

test('an entry is known by file and line; a mode is octal', () => {
  const text =
    'traps:\n  - kind: env\n  - kind: passwords\n    path: ~deploy/x\n    mode: "0640"\n    age_days: { youngest: 1, oldest: 2 }\n';
  expect(parse(text)).toEqual([
    { kind: 'env', path: '', source: 'traps.yaml:2' },
    {
      kind: 'passwords',
      path: '~deploy/x',
      mode: 0o640,
      ageDays: { youngest: 1, oldest: 2 },
      source: 'traps.yaml:3',
    },
  ]);
});

test.each([
  ['', 'traps.yaml:1: expected a map of sections, got null'],
  ['traps: []', 'traps.yaml:1: traps: expected at least 1 entries, got []'],
  ['traps:\n  - kind: gold', 'traps.yaml:2: traps.0.kind: expected one of '],
  [
    'traps:\n  - kind: env\n    paths: /x',
    'traps.yaml:3: traps.0.paths: unknown key, expected one of kind, path,',
  ],
  ['traps:\n  - kind: env\n    mode: 0640', 'traps.yaml:3: traps.0.mode: expected the mode in quotes'],
  ['traps:\n  - kind: env\n    mode: "4755"', 'traps.yaml:3: traps.0.mode: expected a mode such as "0640"'],
  [
    'traps:\n  - kind: env\n    path: /srv/../etc/',
    'traps.yaml:3: traps.0.path: expected a path that begins',
  ],
  ['traps:\n  - kind: env\n    path: ~deploy', 'traps.yaml:3: traps.0.path: expected a path that begins'],
  [
    'traps:\n  - kind: env\n    path: /srv/*.txt',
    'traps.yaml:3: traps.0.path: expected patterns in folders only',
  ],
  ['traps:\n  - kind: env\n    count: 0', 'traps.yaml:3: traps.0.count: expected at least 1'],
  ['traps:\n  - kind: env\n   path: x', 'traps.yaml:'],
])('%j is refused with file, line and key', (text, message) => {
  expect(() => parse(text)).toThrow(ConfigInvalid);
  expect(() => parse(text)).toThrow(message);
});

test('one that is no UTF-8 is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  const path = join(folder, 'traps.yaml');
  await writeFile(path, Buffer.from('traps:\n  - kind: env\n    path: /srv/\xff\n', 'latin1'));
  await expect(loadManifest(path, trapKinds)).rejects.toThrow(`${path}: cannot be read: it is not UTF-8`);
  await rm(folder, { recursive: true });
});

test('the shipped one plants what the configuration plants without it, and its examples hold', async () => {
  const text = await readFile('config/traps.yaml', 'utf8');
  const { kinds } = configSchema.parse({}).traps;
  expect(parse(text).map(({ kind, path }) => [kind, path])).toEqual(kinds.map((kind) => [kind, '']));
  const [head, list = ''] = text.split('\ntraps:\n');
  expect(head).toContain('manifest');
  expect(parse(`traps:\n${list.replaceAll(/^ {2}# /gm, '  ')}`).length).toBe(kinds.length + 5);
});
