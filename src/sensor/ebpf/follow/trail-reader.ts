import type { ProcessFacts } from '../../../core/actor.js';
import { toPrintable } from '../../../core/printable.js';
import type { SocketAddress, TrailEvent, TrailKind } from '../../../core/trail.js';
import { BoundedMap } from '../../bounded-map.js';
import type { KernelAncestor } from '../messages.js';
import { kindOfCode } from './follow-settings.js';
import { RunningPrograms } from './running-programs.js';
import { decodeIp, decodeSockaddr } from './socket-address.js';
import type { KernelTrail } from './trail-assembler.js';

const mostRemembered = 4096;
/** TCP starts what a call asked for within this time, in ns of the kernel. */
const sameCallNs = 1_000_000_000n;

interface Call {
  readonly what: string;
  readonly kernelNs: bigint;
}

/** Turns what the kernel told of followed processes into events of a trail. */
export class TrailReader {
  readonly #epochNs: (kernelNs: bigint) => bigint;
  readonly #parents = new BoundedMap<number, KernelAncestor>(mostRemembered);
  readonly #programs = new RunningPrograms(mostRemembered);
  readonly #calls = new BoundedMap<number, Call>(mostRemembered);

  constructor(epochNs: (kernelNs: bigint) => bigint) {
    this.#epochNs = epochNs;
  }

  /** A followed process has a child. */
  born(pid: number, parent: KernelAncestor): void {
    this.#parents.set(pid, parent);
    this.#programs.born(pid, parent);
  }

  /** The event, and the change of privileges that came with it; none when nothing new happened. */
  read(kernel: KernelTrail): readonly TrailEvent[] {
    const kind = kindOfCode(kernel.kind);
    if (kind === undefined) return [];
    const common = {
      atNs: this.#epochNs(kernel.kernelNs),
      ...this.#who(kernel, kind),
      ...reasonOf(kernel),
    };
    const change = changeOf(kernel);
    const privilege = change && { ...common, kind: 'privilege' as const, before: change };
    if (kind === 'privilege') return privilege ? [privilege] : [];
    const address = addressOf(kernel);
    if (address !== undefined && this.#isKnown(kernel, address)) return [];
    const aim = address && { address, ...packetsOf(kernel, kind) };
    const event = { ...common, kind, ...pathsOf(kernel), ...aim };
    const told: TrailEvent =
      kind === 'chmod'
        ? { ...event, mode: kernel.value & 0o7777 }
        : kind === 'exit'
          ? { ...event, exit: exitOf(kernel.value) }
          : event;
    if (privilege === undefined) return [told];
    return kind === 'exit' ? [privilege, told] : [told, privilege];
  }

  #who(kernel: KernelTrail, kind: TrailKind): Pick<TrailEvent, 'process' | 'parent'> {
    if (kernel.parent !== undefined) this.born(kernel.pid, kernel.parent);
    if (kind === 'exec') this.#programs.runs(kernel, pathsOf(kernel).path);
    const parent = this.#parents.get(kernel.pid);
    return {
      process: { ...processOf(kernel), ...this.#executable(kernel) },
      ...(parent && { parent: { ...ancestorOf(parent), ...this.#executable(parent) } }),
    };
  }

  #executable(process: {
    readonly pid: number;
    readonly startedAtNs: bigint;
  }): Pick<ProcessFacts, 'executable'> {
    const executable = this.#programs.of(process);
    return executable === undefined ? {} : { executable };
  }

  /** TCP tells of what a system call told already. */
  #isKnown({ pid, kind, kernelNs, peer }: KernelTrail, { ip, port }: SocketAddress): boolean {
    const what = `${kind} ${ip} ${port}`;
    if (peer === undefined) {
      this.#calls.set(pid, { what, kernelNs });
      return false;
    }
    const call = this.#calls.get(pid);
    return call?.what === what && kernelNs - call.kernelNs < sameCallNs;
  }
}

function processOf(kernel: KernelTrail): ProcessFacts {
  const { pid, startedAtNs, uid, gid, effectiveUid, effectiveGid, comm, args } = kernel;
  return {
    pid,
    startedAtNs,
    name: printable(comm),
    ...(args !== undefined && args !== '' && { args: args.replace(/\0+$/, '').split('\0').map(printable) }),
    uid,
    gid,
    effectiveUid,
    effectiveGid,
  };
}

function ancestorOf({ pid, startedAtNs, uid, gid, comm }: KernelAncestor): ProcessFacts {
  return { pid, startedAtNs, uid, gid, name: printable(comm) };
}

function changeOf({ was, uid, effectiveUid }: KernelTrail): TrailEvent['before'] {
  if (was === 0n) return undefined;
  const before = { uid: Number((was - 1n) >> 32n), effectiveUid: Number((was - 1n) & 0xffff_ffffn) };
  return before.uid === uid && before.effectiveUid === effectiveUid ? undefined : before;
}

/** Because of whom it is followed. */
function reasonOf({ rootPid, cgroupId }: KernelTrail): Pick<TrailEvent, 'rootPid' | 'cgroupId'> {
  return { ...(rootPid !== 0 && { rootPid }), ...(cgroupId !== 0n && { cgroupId }) };
}

/** TCP tells a port instead, and a connection by call no number. */
function packetsOf({ peer, value }: KernelTrail, kind: TrailKind): Pick<TrailEvent, 'packets'> {
  return kind === 'connect' && peer === undefined && value > 0 ? { packets: value } : {};
}

function addressOf({ address, peer, value }: KernelTrail): SocketAddress | undefined {
  if (peer !== undefined) return decodeIp(peer, value);
  return address === undefined ? undefined : decodeSockaddr(address);
}

/** A name that lay in memory that was not there could not be read, and is empty. */
function pathsOf({ named: [path = '', destination = ''], path: names }: KernelTrail) {
  const told = names.length > 0 ? fromRoot(names) : printable(path);
  return {
    ...(told !== '' && { path: told }),
    ...(destination !== '' && { destination: printable(destination) }),
  };
}

function fromRoot(names: readonly string[]): string {
  const inside = names.at(-1) === '/' ? names.slice(0, -1) : names;
  return printable(inside.reduceRight((path, name) => `${path}/${name}`, ''));
}

/** wait(2): the low seven bits are the signal, then comes one of the core dump, then the exit code. */
function exitOf(status: number): NonNullable<TrailEvent['exit']> {
  const signal = status & 0x7f;
  return signal === 0 ? { code: (status >> 8) & 0xff } : { signal };
}

function printable(bytes: string): string {
  return toPrintable(Buffer.from(bytes, 'latin1'));
}
