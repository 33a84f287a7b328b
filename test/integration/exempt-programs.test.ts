import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ExemptPrograms } from '../../src/sensor/exempt-programs.js';
import { FakeDiagnostics } from '../support/core-fakes.js';
import { describeWith } from '../support/requirements.js';

const somebody = 1000;

describeWith(['root'], 'programs that sensors spare', () => {
  let folder: string;
  let program: string;
  let diagnostics: FakeDiagnostics;
  beforeEach(() => {
    // Not in /tmp, which everybody can write.
    folder = mkdtempSync('/opt/phantom-programs-');
    chmodSync(folder, 0o755);
    program = join(folder, 'backup');
    copyFileSync('/bin/cat', program);
    diagnostics = new FakeDiagnostics();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const sparedAt = async (executable: string): Promise<bigint[]> => {
    const programs = new ExemptPrograms([{ name: 'backup', executable }], [], diagnostics);
    try {
      await programs.refresh();
      return programs.programs.map(({ inode }) => inode);
    } finally {
      programs.close();
    }
  };

  it('are those that root alone decides about', async () => {
    symlinkSync('backup', join(folder, 'link'));
    const { ino } = statSync(program, { bigint: true });
    expect(await sparedAt(program)).toEqual([ino]);
    expect(await sparedAt(join(folder, 'link'))).toEqual([ino]);
    expect(diagnostics.lines).toEqual([]);
  });

  it('are none that belong to somebody, as the rules refuse them too', async () => {
    chownSync(program, somebody, somebody);
    expect(await sparedAt(program)).toEqual([]);
    expect(diagnostics.lines.join()).toContain(`belongs to uid ${somebody}`);
  });

  it('are none in a folder that others can write, nor behind one', async () => {
    chmodSync(folder, 0o777);
    expect(await sparedAt(program)).toEqual([]);
    chmodSync(folder, 0o755);
    chownSync(folder, somebody, somebody);
    expect(await sparedAt(program)).toEqual([]);
  });
});
