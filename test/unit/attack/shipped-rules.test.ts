import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exampleEvent } from '../../../src/attack/example.js';
import { readRuleBook } from '../../../src/attack/load-rules.js';
import { techniqueMatcher } from '../../../src/core/technique-matcher.js';
import type { Condition } from '../../../src/core/techniques/condition.js';
import type { TrailEvent } from '../../../src/core/trail.js';

const folder = fileURLToPath(new URL('../../../resources/attack', import.meta.url));
const book = await readRuleBook(folder);

describe.each(book.rules)('rule "$name" of $file', (rule) => {
  const match = techniqueMatcher([rule], book.techniques);
  const told = (example: (typeof rule.true)[number]) =>
    match(exampleEvent(example)).map(({ technique }) => technique.id);

  test.each(
    rule.true.map((example) => [JSON.stringify(example), example] as const),
  )('holds of %s', (_, example) => {
    expect(told(example)).toEqual(rule.techniques);
  });

  test.each(
    rule.false.map((example) => [JSON.stringify(example), example] as const),
  )('holds not of %s', (_, example) => {
    expect(told(example)).toEqual([]);
  });
});

test('at least 60 techniques are covered, and every technique of the table by a rule', () => {
  const named = new Set(book.rules.flatMap(({ techniques }) => techniques));
  expect(named.size).toBeGreaterThanOrEqual(60);
  expect([...book.techniques.keys()].filter((id) => !named.has(id))).toEqual([]);
});

test('every rule has an example at least of both, and nearly all have two', () => {
  const few = book.rules.filter((rule) => rule.true.length < 2 || rule.false.length < 2);
  expect(few.map(({ name }) => name)).toEqual([]);
});

/** A shell that began before it was followed writes its history when it ends: its file is not known. */
const believesNames = new Set(["empties or removes a history's file"]);

test('nothing is excused by a name that anybody can give a process', () => {
  const excuses = (condition: Condition, within: boolean): readonly string[][] => [
    ...(within && condition.program !== undefined ? [[...condition.program]] : []),
    ...(condition.not === undefined ? [] : excuses(condition.not, true)),
    ...(condition.any ?? []).flatMap((one) => excuses(one, within)),
  ];
  const parents = (condition: Condition, within: boolean): readonly string[][] => [
    ...(within && condition.parent?.program !== undefined ? [[...condition.parent.program]] : []),
    ...(condition.not === undefined ? [] : parents(condition.not, true)),
    ...(condition.any ?? []).flatMap((one) => parents(one, within)),
  ];
  const found = book.rules
    .filter(({ name }) => !believesNames.has(name))
    .filter(
      ({ when, on }) =>
        (!on.includes('exec') && excuses(when, false).length > 0) || parents(when, false).length > 0,
    );
  expect(found.map(({ name }) => name)).toEqual([]);
});

test('a program of a trusted name is not trusted where its file is foreign or unknown', () => {
  const match = techniqueMatcher(book.rules, book.techniques);
  const ids = (event: TrailEvent) => match(event).map(({ technique }) => technique.id);
  const written = (path: string, executable?: string): TrailEvent => ({
    kind: 'open-write',
    atNs: 0n,
    rootPid: 1,
    path,
    process: { pid: 2, name: 'dpkg', ...(executable === undefined ? {} : { executable }) },
  });
  for (const [path, id] of [
    ['/etc/cron.d/x', 'T1053.003'],
    ['/etc/ld.so.preload', 'T1574.006'],
    ['/etc/sudoers.d/x', 'T1548.003'],
  ] as const) {
    for (const file of [
      undefined,
      '/tmp/dpkg',
      'dpkg',
      './dpkg',
      '/usr/../tmp/dpkg',
      '/usr/local/bin/dpkg',
      '/usrx/dpkg',
    ])
      expect(ids(written(path, file)), `${file}`).toEqual([id]);
    for (const file of ['/usr/bin/dpkg', '/bin/dpkg', '/usr/lib/dpkg/../../bin/dpkg'])
      expect(ids(written(path, file)), file).toEqual([]);
  }
});
