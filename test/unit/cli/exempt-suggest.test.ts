import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { suggestionsAsYaml } from '../../../src/cli/exempt-yaml.js';
import { parseConfig } from '../../../src/config/load-config.js';
import { LogUnreadable } from '../../../src/daemon/failure.js';
import { suggestExemptions } from '../../../src/daemon/suggest-exemptions.js';

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'suggest-'));
  log = join(folder, 'audit.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that every host has, belongs to root, and is nobody's tool. */
const program = '/usr/bin/getent';

function touched(
  executable: string | undefined,
  more: {
    pid?: number;
    uid?: string;
    at?: string;
    action?: string;
    unit?: string;
    slice?: string;
    args?: string[];
    trap?: string;
  } = {},
) {
  const {
    pid = 7,
    uid = '0',
    at = '2026-11-23T02:24:37.562120Z',
    action = 'trap-touched',
    unit,
    slice = 'system.slice',
    args,
    trap = '/srv/.env',
  } = more;
  return JSON.stringify({
    '@timestamp': at,
    event: { action },
    file: { path: trap },
    process: {
      pid,
      start: '2026-11-23T02:24:37.000000Z',
      ...(executable && { executable }),
      ...(args && { args }),
    },
    user: { id: uid },
    phantom: { actor: { ancestry: [], ...(unit && { systemd: { unit, slice } }) } },
  });
}

async function suggested(lines: readonly string[], options = {}) {
  writeFileSync(log, lines.map((line) => `${line}\n`).join(''));
  const found = await suggestExemptions(log, options);
  const yaml = suggestionsAsYaml(found.suggestions);
  return { ...found, yaml, rules: parse(yaml)?.response?.exemptions ?? [] };
}

describe('phantomd exempt suggest', () => {
  it('proposes one rule for a program and user, with its unit from the description', async () => {
    const { rules, yaml } = await suggested([
      touched(program, { action: 'incident-opened' }),
      touched(program),
      touched(program, { trap: '/srv/b' }),
      touched(program, { action: 'actor-described', unit: 'backup.service' }),
    ]);
    expect(rules).toEqual([
      { name: 'getent in backup.service', executable: program, uid: 0, unit: 'backup.service' },
    ]);
    expect(yaml).toContain(
      '# 2 touches by 1 processes, 2026-11-23T02:24:37.562120Z to 2026-11-23T02:24:37.562120Z: /srv/.env, /srv/b',
    );
    expect(parseConfig(yaml, 'x.yaml').response.exemptions).toHaveLength(1);
  });

  it('takes no unit that a user named, nor one that is gone tomorrow', async () => {
    const user = touched(program, {
      action: 'actor-described',
      unit: 'user@1000.service',
      slice: 'user-1000.slice',
    });
    expect((await suggested([touched(program), user])).rules).toEqual([
      { name: 'getent of uid 0', executable: program, uid: 0 },
    ]);
    const run = touched(program, { action: 'actor-described', unit: 'run-u12.service' });
    expect((await suggested([touched(program), run])).rules[0]).not.toHaveProperty('unit');
  });

  it('refuses interpreters, tools and what is gone, with the reason as a comment', async () => {
    const { rules, yaml } = await suggested([
      touched('/usr/bin/bash'),
      touched('/usr/bin/cat', { pid: 8 }),
      touched('/no/such', { pid: 9 }),
    ]);
    expect(rules).toEqual([]);
    expect(yaml).toContain('# No rule for /usr/bin/bash of uid 0: bash runs whatever it is given');
    expect(yaml).toContain('# No rule for /usr/bin/cat of uid 0: cat is what an intruder uses');
    expect(yaml).toContain('# No rule for /no/such of uid 0: /no/such: ENOENT');
  });

  it('refuses a program that others than root can write', async () => {
    const tool = join(folder, 'tool');
    copyFileSync('/bin/cat', tool);
    chmodSync(tool, 0o755);
    expect((await suggested([touched(tool)])).yaml).toMatch(
      /# No rule for .*\/tool of uid 0: \/tmp can be written by everybody/,
    );
  });

  it('believes a name that a process gave itself only of the file that ran', async () => {
    const { rules, yaml } = await suggested([touched(undefined, { args: [program, 'x'] })]);
    expect(rules).toEqual([]);
    expect(yaml).toContain('it called itself so, and that is not the file that ran');
  });

  it('counts what is no record, and leaves older ones out', async () => {
    const found = await suggested(
      [
        '',
        'not json',
        '{"a":1}',
        '[]',
        touched(program),
        touched(program, { at: '2026-11-20T00:00:00.000000Z', pid: 8 }),
      ],
      { since: '2026-11-22T00:00:00.000Z' },
    );
    expect(found).toMatchObject({ lines: 6, badLines: 4, suggestions: [{ group: { touches: 1 } }] });
  });

  it('says so when there is no log, or it is none', async () => {
    await expect(suggestExemptions(join(folder, 'none'), {})).rejects.toThrow(LogUnreadable);
    await expect(suggested(['one', 'two'])).rejects.toThrow(/none of its 2 lines is a record/);
    expect((await suggested([])).suggestions).toEqual([]);
  });

  it('prints YAML that the configuration takes, whatever the log holds', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text, text), { maxLength: 6 }), async (all) => {
        const lines = all.flatMap(([path, unit, trap], pid) => [
          touched(pid % 2 === 0 ? `/${path}` : program, { pid, trap }),
          touched(pid % 2 === 0 ? `/${path}` : program, {
            pid,
            action: 'actor-described',
            unit: `${unit}.service`,
          }),
        ]);
        const { yaml } = await suggested(lines);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there
        expect(yaml).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
        for (const line of yaml.trimEnd().split('\n'))
          expect(line).toMatch(
            /^(?:# | {4}# |response:$| {2}exemptions:$| {4}- name: | {6}(?:executable|uid|unit|parents|sha256):| {8}- )/,
          );
        parseConfig(yaml, 'x.yaml');
      }),
      { numRuns: 60 },
    );
  });
});
