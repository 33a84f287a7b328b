import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { fromPrintable } from '../../core/printable.js';
import { lockRange } from './range-lock.js';

/**
 * The daemon talks to its script by locking one byte of a file at a position that only both know.
 * Bits: 62 marker, 59..61 kind, 24..58 nonce, 0..23 value.
 */
const valueBits = 24n;
const nonceBits = 35n;
const kindShift = 59n;
/**
 * register: the value is the slot of this file; forget: of a file; marks: a fanotify descriptor; spare:
 * a pid; exempt: number of a condition, from 1, under which this file is a spared program, 0 for none;
 * follow: a pid; group: lower bits of the id of a cgroup, whose upper bits are in the end of the lock.
 */
const kinds = {
  register: 8n,
  forget: 9n,
  marks: 10n,
  spare: 11n,
  exempt: 12n,
  follow: 13n,
  group: 14n,
} as const;

/** So many bits of a cgroup's id are in the value; the one above says whether it is followed. */
const groupBits = 23n;
/** An end that lies behind every position: bits 59..62. */
const farEnd = 15n << 59n;

/** Slot of the daemon's own probe file; the only one whose touches by the daemon are reported. */
export const probeSlot = 1;
/** First slot of a trap or of a folder of traps. */
export const firstTrapSlot = 2;
/** The kernel's maps hold 65,536 keys at most (see the environment of bpftrace). */
export const maxSlot = 65_000;

/** Unpredictable number that makes registrations of one run unforgeable. */
export function newNonce(): bigint {
  return BigInt(`0x${randomBytes(8).toString('hex')}`) & ((1n << nonceBits) - 1n);
}

/** Positions without their value bits, as the script compares them. */
export function prefixes(nonce: bigint): Readonly<Record<keyof typeof kinds, bigint>> {
  const prefix = (kind: bigint) => ((kind << kindShift) | (nonce << valueBits)) >> valueBits;
  return {
    register: prefix(kinds.register),
    forget: prefix(kinds.forget),
    marks: prefix(kinds.marks),
    spare: prefix(kinds.spare),
    exempt: prefix(kinds.exempt),
    follow: prefix(kinds.follow),
    group: prefix(kinds.group),
  };
}

/** What an open file can tell the script of one run; each takes about 10 µs. */
export class Registrar {
  readonly #prefixes: ReturnType<typeof prefixes>;

  constructor(nonce: bigint) {
    this.#prefixes = prefixes(nonce);
  }

  /**
   * Registers the file or folder behind a printable path under `slot`.
   * @throws NodeJS.ErrnoException when it cannot be opened, or is a symlink
   */
  register(path: string, slot: number): void {
    this.#registerAt(fromPrintable(path), constants.O_NOFOLLOW, slot);
  }

  /**
   * Registers the file or folder that an O_PATH descriptor holds.
   * @throws NodeJS.ErrnoException when it cannot be opened, or is a symlink
   */
  registerHeld(held: number, slot: number): void {
    this.#registerAt(Buffer.from(`/proc/self/fd/${held}`), 0, slot);
  }

  #registerAt(path: Uint8Array, flags: number, slot: number): void {
    const { O_RDONLY, O_NOATIME, O_NONBLOCK } = constants;
    const descriptor = openSync(Buffer.from(path), O_RDONLY | O_NOATIME | O_NONBLOCK | flags);
    try {
      this.#tell(descriptor, 'register', slot);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Any open file of the daemon carries the message that a slot is no more. */
  forget(carrier: number, slot: number): void {
    this.#tell(carrier, 'forget', slot);
  }

  /** Says which descriptor of the daemon is its fanotify group. */
  announceMarks(carrier: number, descriptor: number): void {
    this.#tell(carrier, 'marks', descriptor);
  }

  /** This process, which runs now, is held no more. Any open file carries the message. */
  spare(carrier: number, pid: number): void {
    this.#tell(carrier, 'spare', pid);
  }

  /** The open file is a program that is spared under these conditions, by their index; none: under no more. */
  exempt(program: number, conditions: readonly number[]): void {
    if (conditions.length === 0) this.#tell(program, 'exempt', 0);
    for (const index of conditions) this.#tell(program, 'exempt', index + 1);
  }

  /** Has a process followed by its pid in the initial namespace. */
  follow(carrier: number, pid: number): void {
    this.#tell(carrier, 'follow', pid);
  }

  /** Has every process of a cgroup followed, or no more, by the inode number of its folder. */
  followGroup(carrier: number, cgroupId: bigint, followed: boolean): void {
    const lower = cgroupId & ((1n << groupBits) - 1n);
    const value = Number(lower | (followed ? 1n << groupBits : 0n));
    this.#tell(carrier, 'group', value, farEnd | (cgroupId >> groupBits));
  }

  #tell(descriptor: number, kind: keyof typeof kinds, value: number, last?: bigint): void {
    lockRange(descriptor, (this.#prefixes[kind] << valueBits) | BigInt(value), last);
  }
}
