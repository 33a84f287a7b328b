/** How an actor was named: by the kernel at the touch, by a look into /proc afterwards, or not at all. */
export type Certainty = 'kernel' | 'guess' | 'unknown';

/** What is known of one process. Every string is printable (see `printable.ts`). */
export interface ProcessFacts {
  /** Thread group id in the initial pid namespace. */
  readonly pid: number;
  /** Start on the boot clock in ns (`task_struct.start_boottime`); with the pid it identifies a process. */
  readonly startedAtNs?: bigint;
  /** Kernel's short name (`comm`, at most 15 bytes). Chosen by the process: never decide by it. */
  readonly name?: string;
  readonly executable?: string;
  readonly args?: readonly string[];
  readonly workingDirectory?: string;
  /** Real user and group id. */
  readonly uid?: number;
  readonly gid?: number;
  /** Effective user and group id, where they differ from the real ones or a sensor tells both. */
  readonly effectiveUid?: number;
  readonly effectiveGid?: number;
  /** Name of `uid` on this host. */
  readonly userName?: string;
}

/** Who touched: the process, its ancestors (parent first, PID 1 last) and its login. */
export interface Actor {
  readonly certainty: Certainty;
  readonly process?: ProcessFacts;
  readonly threadId?: number;
  readonly ancestors: readonly ProcessFacts[];
  /** How many ancestors of a deep tree are left out; they lie after the 40th. Absent when none are. */
  readonly ancestorsOmitted?: number;
  /** `loginuid`: the user who logged in, kept through su and sudo. Absent when never set. */
  readonly loginUid?: number;
  /** Audit session id. Absent when never set. */
  readonly auditSession?: number;
  /** POSIX session id: the pid of the session leader. */
  readonly posixSession?: number;
  /** Start of the session leader on the boot clock in ns, where the sensor tells it. */
  readonly posixSessionStartedAtNs?: bigint;
  /** Controlling terminal, such as `pts0`. */
  readonly tty?: string;
  /** Id of the cgroup (inode number in cgroup2), as the kernel gave it. */
  readonly cgroupId?: bigint;
  /** Path of the cgroup below its mount, such as `/system.slice/ssh.service`. */
  readonly cgroup?: string;
  /** Inode numbers of namespaces by name: `pid mnt net user uts ipc cgroup time`. */
  readonly namespaces?: Readonly<Record<string, number>>;
  /** Device and inode of the program that ran, as the kernel gave them. */
  readonly executableFile?: { readonly device: bigint; readonly inode: bigint };
}
