import type { ProcessFacts } from './actor.js';

export const trailKinds = [
  'exec',
  'connect',
  'bind',
  'open-write',
  'unlink',
  'rename',
  'chmod',
  'privilege',
  'exit',
] as const;

export type TrailKind = (typeof trailKinds)[number];

/** Where a socket was connected or bound to. `path` of a Unix socket, an abstract one begins with `@`. */
export interface SocketAddress {
  readonly family: 'inet' | 'inet6' | 'unix' | 'other';
  readonly ip?: string;
  readonly port?: number;
  readonly path?: string;
}

/**
 * One thing that a followed process did after a touch: its own, its children's or its login session's.
 * Strings are printable; paths are as the process named them, so they may be relative.
 */
export interface TrailEvent {
  readonly kind: TrailKind;
  /** ns since the Unix epoch. */
  readonly atNs: bigint;
  /** Who did it. After an exec: the new program, with its arguments. */
  readonly process: ProcessFacts;
  readonly parent?: ProcessFacts;
  /** Pid of the process that touched a trap and because of which this one is followed; of none: only its group is. */
  readonly rootPid?: number;
  /** The followed cgroup that the process is, or was, in: told because of it. */
  readonly cgroupId?: bigint;
  /** The program of an exec, the file that was opened, removed, renamed or whose mode was changed. */
  readonly path?: string;
  /** New name of a rename. */
  readonly destination?: string;
  /** New mode of a chmod. */
  readonly mode?: number;
  readonly address?: SocketAddress;
  /** It was sent datagrams by this process without a connection: so many up to now. */
  readonly packets?: number;
  /** Who it was before its privileges changed. */
  readonly before?: { readonly uid: number; readonly effectiveUid: number };
  /** How it ended: the exit code, or the signal that ended it. */
  readonly exit?: { readonly code?: number; readonly signal?: number };
}
