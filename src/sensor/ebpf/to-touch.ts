import type { Actor, ProcessFacts } from '../../core/actor.js';
import { toPrintable } from '../../core/printable.js';
import type { Touch } from '../../core/touch.js';
import { opOfCode } from './script.js';
import type { KernelTouch } from './touch-assembler.js';

/** `(uid_t)-1`, `AUDIT_SID_UNSET`: never set. */
const unset = 0xffff_ffff;

/** The domain's touch; undefined when the operation is not known. */
export function toTouch(kernel: KernelTouch, trapId: string, atNs: bigint): Touch | undefined {
  const op = opOfCode(kernel.op);
  if (op === undefined) return undefined;
  const destination = toPath(kernel.destination ?? []);
  const held = heldBy(kernel);
  return {
    trapId,
    op,
    atNs,
    actor: toActor(kernel),
    ...(destination !== undefined && { destination }),
    ...(held !== undefined && { held }),
    ...((kernel.flags & 4) !== 0 && { tampers: true }),
  };
}

/** What the script did to the process at this access. */
export function heldBy({ flags }: Pick<KernelTouch, 'flags'>): Touch['held'] {
  if ((flags & 2) !== 0) return 'killed';
  return (flags & 1) !== 0 ? 'stopped' : undefined;
}

/** The path within its file system, from the names up to the root. */
function toPath(names: readonly string[]): string | undefined {
  return names.length === 0
    ? undefined
    : printable(
        names
          .slice(0, names.at(-1) === '/' ? -1 : undefined)
          .reduceRight((path, name) => `${path}/${name}`, ''),
      );
}

/** Who it was, as the kernel told. */
export function toActor(kernel: KernelTouch): Actor {
  return {
    certainty: 'kernel',
    process: {
      pid: kernel.pid,
      startedAtNs: kernel.startedAtNs,
      uid: kernel.uid,
      gid: kernel.gid,
      ...(kernel.numbers && {
        effectiveUid: kernel.numbers.effectiveUid,
        effectiveGid: kernel.numbers.effectiveGid,
      }),
      ...(kernel.comm !== undefined && { name: printable(kernel.comm) }),
      ...(kernel.args !== undefined && kernel.args !== '' && { args: toArguments(kernel.args) }),
    },
    threadId: kernel.tid,
    ancestors: kernel.ancestors.map(toAncestor),
    posixSession: kernel.posixSession,
    ...(kernel.sessionStartedAtNs !== 0n && { posixSessionStartedAtNs: kernel.sessionStartedAtNs }),
    ...(kernel.loginUid !== unset && { loginUid: kernel.loginUid }),
    ...(kernel.auditSession !== unset && { auditSession: kernel.auditSession }),
    ...(kernel.numbers && {
      cgroupId: kernel.numbers.cgroupId,
      namespaces: kernel.numbers.namespaces,
      executableFile: kernel.numbers.executable,
    }),
    ...(kernel.cgroup !== undefined && kernel.cgroup !== '' && { cgroup: printable(kernel.cgroup) }),
    ...(kernel.tty !== undefined && kernel.tty !== '' && { tty: printable(kernel.tty) }),
  };
}

function toAncestor(ancestor: KernelTouch['ancestors'][number]): ProcessFacts {
  const { pid, startedAtNs, uid, gid, comm } = ancestor;
  return { pid, startedAtNs, uid, gid, name: printable(comm) };
}

function toArguments(bytes: string): string[] {
  return bytes.replace(/\0+$/, '').split('\0').map(printable);
}

function printable(bytes: string): string {
  return toPrintable(Buffer.from(bytes, 'latin1'));
}
