import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EvidenceFolder } from '../../../src/response/evidence-folder.js';
import { EvidenceRefused } from '../../../src/response/evidence-name.js';

const run = promisify(execFile);
const bytes = (text: string) => new TextEncoder().encode(text);
const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;

let stateDir: string;
let store: EvidenceFolder;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'evidence-'));
  store = new EvidenceFolder({ stateDir });
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const inIncident = (...parts: string[]) => join(stateDir, 'incidents', 'inc-1', ...parts);

describe('evidence of an incident', () => {
  it("lies in the incident's folder with exactly the bytes given", async () => {
    const content = Uint8Array.from([0, 255, 10, 13, 0]);
    await store.save('inc-1', 'traps/a.bin', content);
    expect(store.folder('inc-1')).toBe(inIncident());
    expect(new Uint8Array(await readFile(inIncident('traps', 'a.bin')))).toEqual(content);
  });

  it('is for its owner alone, and read-only, even with an empty umask', async () => {
    const umask = process.umask(0);
    try {
      await store.save('inc-1', 'traps/a', bytes('x'));
    } finally {
      process.umask(umask);
    }
    expect(await modeOf(join(stateDir, 'incidents'))).toBe(0o700);
    expect(await modeOf(inIncident())).toBe(0o700);
    expect(await modeOf(inIncident('traps'))).toBe(0o700);
    expect(await modeOf(inIncident('traps', 'a'))).toBe(0o400);
    expect(await modeOf(inIncident('SHA256SUMS'))).toBe(0o600);
  });

  it('is kept as it was when the same name is saved again', async () => {
    await store.save('inc-1', 'a', bytes('first'));
    await store.save('inc-1', 'a', bytes('second'));
    expect(await readFile(inIncident('a'), 'utf8')).toBe('first');
    expect((await readFile(inIncident('SHA256SUMS'), 'utf8')).split('\n')).toHaveLength(2);
  });

  it('leaves no temporary file', async () => {
    await Promise.all(['a', 'b', 'a', 'c'].map((name) => store.save('inc-1', name, bytes(name))));
    expect((await readdir(inIncident())).sort()).toEqual(['SHA256SUMS', 'a', 'b', 'c']);
  });

  it('passes sha256sum -c, and fails it once a file is changed', async () => {
    await store.save('inc-1', 'a', bytes('one'));
    await store.save('inc-1', 'deep/er/b', bytes('two'));
    await run('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: inIncident() });
    await chmod(inIncident('a'), 0o600);
    await writeFile(inIncident('a'), 'changed');
    await expect(run('sha256sum', ['-c', 'SHA256SUMS'], { cwd: inIncident() })).rejects.toThrow();
  });

  it('gets its checksum on the next save when a crash came between the two', async () => {
    await mkdir(inIncident(), { recursive: true });
    await writeFile(inIncident('a'), 'before the crash');
    await writeFile(inIncident('SHA256SUMS'), 'deadbeef  torn-li');
    await store.save('inc-1', 'a', bytes('again'));
    const { stdout } = await run('sha256sum', ['-c', 'SHA256SUMS'], { cwd: inIncident() });
    expect(stdout).toContain('a: OK');
  });
});

describe('a name for evidence', () => {
  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a//b',
    'a/',
    './a',
    '.hidden',
    'a\n',
    'a\0b',
    'ä',
    'SHA256SUMS',
  ])('is refused when it is %j', async (name) => {
    await expect(store.save('inc-1', name, bytes('x'))).rejects.toThrow(EvidenceRefused);
    expect(await readdir(stateDir)).toEqual([]);
  });

  it.each(['', '..', 'a/b', '/x'])('is refused for an incident called %j', async (incident) => {
    await expect(store.save(incident, 'a', bytes('x'))).rejects.toThrow(EvidenceRefused);
    expect(() => store.folder(incident)).toThrow(EvidenceRefused);
  });

  it('never leads out of the incident folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '.', '/', '-', '\\', ' ') }), (incident) => {
        try {
          expect(store.folder(incident).startsWith(`${stateDir}/incidents/`)).toBe(true);
          expect(incident).not.toContain('/');
        } catch (error) {
          expect(error).toBeInstanceOf(EvidenceRefused);
        }
      }),
    );
  });

  it('is not followed through a link that stands for a folder', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    await mkdir(inIncident(), { recursive: true });
    await symlink(outside, inIncident('traps'));
    await expect(store.save('inc-1', 'traps/a', bytes('x'))).rejects.toThrow(EvidenceRefused);
    expect(await readdir(outside)).toEqual([]);
    await rm(outside, { recursive: true });
  });
});
