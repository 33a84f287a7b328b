import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExemptPrograms } from '../../../src/sensor/exempt-programs.js';
import { FakeDiagnostics } from '../../support/core-fakes.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** As if the folders of the test were root's. */
const nobodyElse = async () => undefined;

describe('exempt programs', () => {
  let folder: string;
  let diagnostics: FakeDiagnostics;
  let programs: ExemptPrograms;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'phantom-programs-'));
    diagnostics = new FakeDiagnostics();
  });
  afterEach(() => {
    programs.close();
    rmSync(folder, { recursive: true });
  });
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, `.${name}`), text);
    renameSync(join(folder, `.${name}`), join(folder, name));
    return join(folder, name);
  };
  const inodes = () => programs.programs.map(({ inode }) => Number(inode));

  it('are the files at their paths, with the conditions of all rules that name them', async () => {
    const backup = put('backup', 'one');
    const engine = put('engine', 'two');
    programs = new ExemptPrograms(
      [
        { name: 'a', executable: backup, uid: 34 },
        { name: 'b', executable: backup, unit: 'backup.service' },
        { name: 'c', executable: join(folder, 'absent') },
      ],
      [engine],
      diagnostics,
      nobodyElse,
    );
    await programs.refresh();
    expect(inodes().sort()).toEqual([statSync(backup).ino, statSync(engine).ino].sort());
    const of = (path: string) =>
      programs.programs
        .find((program) => program.path === path)
        ?.conditions.map((index) => programs.conditions[index]);
    expect(of(backup)).toEqual([
      { uid: 34, unit: undefined },
      { uid: undefined, unit: 'backup.service' },
    ]);
    // Whoever is not root makes it do anything, by LD_PRELOAD or ptrace(2).
    expect(of(engine)).toEqual([{ uid: 0, unit: undefined }]);
    expect(diagnostics.lines).toEqual([]);
  });

  it('are found again after an upgrade, and the file of before is dropped', async () => {
    const path = put('backup', 'one');
    programs = new ExemptPrograms([{ name: 'a', executable: path }], [], diagnostics, nobodyElse);
    await programs.refresh();
    const before = inodes();
    put('backup', 'two');
    const dropped: number[] = [];
    await programs.refresh(({ inode }) => dropped.push(Number(inode)));
    expect(dropped).toEqual(before);
    expect(inodes()).toEqual([statSync(path).ino]);
    expect(inodes()).not.toEqual(before);
    await programs.refresh(() => expect.unreachable('nothing changed'));
  });

  it('are none any more when their contents are not those of the rule', async () => {
    const path = put('backup', 'one');
    programs = new ExemptPrograms(
      [{ name: 'a', executable: path, sha256: sha256('one') }],
      [],
      diagnostics,
      nobodyElse,
    );
    await programs.refresh();
    expect(inodes()).toEqual([statSync(path).ino]);
    // In its place: the same inode.
    writeFileSync(path, 'changed');
    await programs.refresh();
    await programs.refresh();
    expect(inodes()).toEqual([]);
    expect(diagnostics.lines).toHaveLength(1);
    expect(diagnostics.lines[0]).toContain('sha256');
  });

  it('are none while somebody else than root decides what lies at their path', async () => {
    const path = put('backup', 'one');
    let complaint: string | undefined;
    programs = new ExemptPrograms([{ name: 'a', executable: path }], [], diagnostics, async () => complaint);
    await programs.refresh();
    expect(inodes()).toEqual([statSync(path).ino]);
    complaint = 'the folder belongs to uid 1000';
    const dropped: number[] = [];
    await programs.refresh(({ inode }) => dropped.push(Number(inode)));
    await programs.refresh();
    expect(dropped).toEqual([statSync(path).ino]);
    expect(inodes()).toEqual([]);
    expect(diagnostics.lines).toHaveLength(1);
    expect(diagnostics.lines[0]).toContain(complaint);
  });

  it('that are not there are no reason for a word, whoever may write the folder', async () => {
    programs = new ExemptPrograms([], [join(folder, 'absent')], diagnostics, async () => 'a fault');
    await programs.refresh();
    expect(diagnostics.lines).toEqual([]);
  });
});
