import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Templates } from '../../../src/factory/templates.js';

let folder: string;
let templates: Templates;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wording-'));
  await mkdir(join(folder, 'traps'));
  templates = new Templates(folder);
});
afterEach(() => rm(folder, { recursive: true }));

async function texts(source: string, values: object = {}): Promise<string[]> {
  // A name of its own: templates are read once.
  const name = `${Buffer.from(source).toString('hex').slice(-40)}.njk`;
  await writeFile(join(folder, 'traps', name), source);
  return Array.from({ length: 40 }, (_, seed) => templates.text(name, { persona: { seed }, ...values }));
}

test('a persona always picks the same words, other personas pick others', async () => {
  const source = '{{ pick("alpha", "beta", "gamma") }} {{ pick(1, 2, 3, 4) }}';
  const first = await texts(source);
  expect(await texts(source)).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(8);
  for (const text of first) expect(text).toMatch(/^(alpha|beta|gamma) [1-4]$/);
});

test('two traps of a kind on one host are worded apart, by their paths', async () => {
  const source = '{{ pick(1, 2, 3, 4) }}{{ pick(1, 2, 3, 4) }}{{ pick(1, 2, 3, 4) }}';
  expect(await texts(source, { path: '/srv/a' })).not.toEqual(await texts(source, { path: '/srv/b' }));
});

test('what may be left out stands in about its share of the personas', async () => {
  const often = (await texts('{% if maybe(0.8) %}x{% endif %}')).filter((text) => text === 'x').length;
  const half = (await texts('{% if maybe() %}x{% endif %}')).filter((text) => text === 'x').length;
  expect(often).toBeGreaterThan(24);
  expect(often).toBeLessThan(40);
  expect(half).toBeGreaterThan(8);
  expect(half).toBeLessThan(32);
});

test('sections that are macros come in another order', async () => {
  const source =
    '{% set mark = pick("-", "*") %}{% macro one() %}1{{ mark }}{% endmacro %}{% macro two() %}2{% endmacro %}' +
    '{% macro three() %}3{% endmacro %}{% for section in shuffle([one, two, three]) %}{{ section() }}{% endfor %}';
  const all = await texts(source);
  expect(new Set(all.map((text) => text.replace(/[-*]/, ''))).size).toBe(6);
  for (const text of all) expect(text).toMatch(/1[-*]/);
});

test('some items of a list keep their order', async () => {
  const all = await texts('{{ some([1, 2, 3, 4, 5], 2, 4).join("") }}{{ between(7, 9) }}');
  expect(new Set(all.map((text) => text.length))).toEqual(new Set([3, 4, 5]));
  for (const text of all) expect(text).toMatch(/^1?2?3?4?5?[789]$/);
});

test('words are escaped in XML', async () => {
  await writeFile(join(folder, 'traps', 'note.xml.njk'), '<a>{{ pick("R & D") }}</a>');
  expect(templates.xml('note.xml.njk', { persona: { seed: 1 } })).toBe('<a>R &amp; D</a>');
});
