import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isNeverStopped } from '../../../src/response/containment/never-stopped.js';
import {
  type ProcProcess,
  readProcess,
  runsHostFile,
} from '../../../src/response/containment/proc-process.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';

const webServer = 33;

describeWith(['root'], 'a process in the program of a container engine', () => {
  let folder: string;
  let engine: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'engine-'));
    chmodSync(folder, 0o755);
    engine = join(folder, 'runc');
    copyFileSync('/bin/sleep', engine);
    chmodSync(engine, 0o755);
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const isSpared = async (uid: number): Promise<boolean> => {
    child = spawn(engine, ['60'], { uid, stdio: 'ignore' });
    const pid = child.pid as number;
    await until('it to run', () => runsHostFile({ place: `/proc/${pid}` }, [engine]));
    // Of nobody's, for a child of the daemon is never stopped.
    const stranger: ProcProcess = { ...(readProcess(pid) as ProcProcess), parent: 1 };
    return isNeverStopped(pid, stranger, [engine]);
  };

  it('is never stopped as root, whose containers would hang', async () => {
    expect(await isSpared(0)).toBe(true);
  });

  it('is stopped as any other user, who may make that program do anything', async () => {
    expect(await isSpared(webServer)).toBe(false);
  });
});
