import { chown, mkdir, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { ContainerInspectInfo } from 'dockerode';
import type { Piece } from '../look/piece.js';
import { runHostProgram } from './host-program.js';

const bound = ['/etc/resolv.conf', '/etc/hostname', '/etc/hosts'];

/**
 * Changes the upper layer of a container that was created and not started: /.dockerenv is whited out, and the files
 * that the engine binds from its own folder get a content of their own below. False where the engine does not
 * tell of a layer (its containerd store), or has none: then these tells stay.
 */
export async function concealLayer(
  created: ContainerInspectInfo,
  naming: readonly Piece[],
): Promise<boolean> {
  const data: object = created.GraphDriver?.Data ?? {};
  const upper: unknown = Reflect.get(data, 'UpperDir');
  if (typeof upper !== 'string' || !isAbsolute(upper)) return false;
  try {
    const { uid, gid } = await stat(upper);
    // A character device 0:0 hides what the layers below have (overlayfs.rst, "whiteouts and opaque directories").
    await runHostProgram('mknod', [join(upper, '.dockerenv'), 'c', '0', '0']);
    const etc = join(upper, 'etc');
    await mkdir(etc, { mode: 0o755 });
    for (const { path, content, modified } of naming) {
      await writeFile(join(upper, path), content ?? '', { mode: 0o644 });
      await chown(join(upper, path), uid, gid);
      await utimes(join(upper, path), modified, modified);
    }
    const modified = naming[0]?.modified ?? new Date();
    await chown(etc, uid, gid);
    await utimes(etc, modified, modified);
    await utimes(upper, modified, modified);
    return true;
  } catch {
    return false;
  }
}

/** Takes the engine's binds in /etc away, which name its folder in /proc/self/mountinfo. Before anybody is inside. */
export async function concealBinds(pid: number): Promise<void> {
  await runHostProgram('nsenter', ['-t', String(pid), '-m', '-p', 'umount', '-n', ...bound]);
  // umount leaves the folder of its private table.
  await rmdir(`/proc/${pid}/root/run/mount`).catch(() => {});
}

/** Process numbers inside go on from here: a server that was up for days does not give out two-digit ones. */
export async function skipPids(pid: number, last: number): Promise<void> {
  const script = 'echo "$1" >/proc/sys/kernel/ns_last_pid';
  // Kernels without CONFIG_CHECKPOINT_RESTORE have no such file, and runtimes with an own kernel no such process.
  await runHostProgram('nsenter', ['-t', String(pid), '-p', 'sh', '-c', script, 'sh', String(last)]).catch(
    () => {},
  );
}
