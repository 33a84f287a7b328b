import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ProcReader } from '../../../src/process/proc-reader.js';
import { ProgramFiles } from '../../../src/process/program-file.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';

const nobody = 65534;

describeWith(['root', 'perl'], 'the program file of a process', () => {
  const reader = new ProcReader();
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'program-file-'));
    chmodSync(folder, 0o777);
    mkdirSync(join(folder, 'lower'));
    copyFileSync('/bin/sleep', join(folder, 'lower', 'nap'));
    for (const name of ['upper', 'work', 'merged']) {
      mkdirSync(join(folder, name));
      chmodSync(join(folder, name), 0o777);
    }
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
    rmSync(folder, { recursive: true, force: true });
  });
  const end = async (child: ChildProcess) => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await ended;
  };
  const start = async (program: string, args: readonly string[], uid = 0): Promise<ChildProcess> => {
    const child = spawn(program, args, { uid, gid: uid, stdio: 'ignore' });
    children.push(child);
    await until('the program to run', () => exeOf(child).includes('nap'));
    return child;
  };
  const exeOf = ({ pid }: ChildProcess): string => {
    try {
      return readlinkSync(`/proc/${pid}/exe`);
    } catch {
      return '';
    }
  };
  const describeNow = async ({ pid }: ChildProcess) => {
    const programs = new ProgramFiles();
    const pinned = programs.pin(reader, pid as number);
    try {
      return pinned && (await programs.describe(pinned));
    } finally {
      pinned?.close();
    }
  };

  it('is hashed where the daemon sees its mount', async () => {
    const nap = join(folder, 'lower', 'nap');
    const found = await describeNow(await start(nap, ['60']));
    expect(found?.inode).toBe(statSync(nap, { bigint: true }).ino);
    expect(found?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not asked on an overlay that an unprivileged user mounted, over who knows what', async () => {
    const overlay = `mount -t overlay overlay -o userxattr,lowerdir=${folder}/lower,upperdir=${folder}/upper,workdir=${folder}/work ${folder}/merged`;
    const child = await start(
      'unshare',
      ['-Urm', 'sh', '-c', `${overlay} && exec ${folder}/merged/nap 60`],
      nobody,
    );
    expect(await describeNow(child)).toBeUndefined();
  });

  it('is hashed in another mount namespace, also when the process has ended meanwhile', async () => {
    const mount = `mount -t tmpfs tmpfs ${folder}/merged && cp ${folder}/lower/nap ${folder}/merged`;
    const child = await start('unshare', ['-m', 'sh', '-c', `${mount} && exec ${folder}/merged/nap 60`]);
    const programs = new ProgramFiles();
    const pinned = programs.pin(reader, child.pid as number);
    await end(child);
    const found = pinned && (await programs.describe(pinned));
    pinned?.close();
    expect(found?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is hashed when it lies in memory alone, on no mount that anybody sees', async () => {
    // memfd_create(2), which perl has no function for.
    const number = process.arch === 'x64' ? 319 : 279;
    const script = [
      `my $name = 'nap'; my $fd = syscall(${number}, $name, 0);`,
      'open(my $out, ">", "/proc/self/fd/$fd"); open(my $in, "<", $ARGV[0]); binmode $_ for $out, $in;',
      'local $/; print $out readline($in); close $out; close $in;',
      'exec { "/proc/self/fd/$fd" } "nap", "60";',
    ].join(' ');
    const found = await describeNow(await start('perl', ['-e', script, join(folder, 'lower', 'nap')]));
    expect(found?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not asked on a mount that nobody sees any more', async () => {
    const mount = `mount -t tmpfs tmpfs ${folder}/merged && cp ${folder}/lower/nap ${folder}/merged`;
    const detach = `cd ${folder}/merged && umount -l ${folder}/merged && exec ./nap 60`;
    const child = await start('unshare', ['-m', 'sh', '-c', `${mount} && ${detach}`]);
    expect(await describeNow(child)).toBeUndefined();
  });
});
