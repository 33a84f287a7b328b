import type { Actor } from './actor.js';

/** In what state the process was when /proc was asked about it, after the touch. */
export type ActorState =
  | 'alive'
  /** Ended, and its parent has not been told; /proc keeps little of it. */
  | 'zombie'
  /** A thread of the kernel: no program, no arguments, no memory. */
  | 'kernel-thread'
  /** Ended, or its pid is another process's now. */
  | 'gone'
  /** Without process or start time nothing says who would be described. */
  | 'unidentified';

/** What /proc told of an actor after its touch. Strings are printable; absent is what is not known. */
export interface ActorDetails {
  readonly state: ActorState;
  /** The actor as far as it is known by now: whole arguments, programs of the ancestors. */
  readonly actor: Actor;
  /** The process had executed another program by then, named here; what is told is of both. */
  readonly laterExecutable?: string;
  readonly program?: ProgramFile;
  /** Root directory of the process. */
  readonly root?: string;
  /** Pid in its own pid namespace, where that is another: 1 for the first process of a container. */
  readonly namespacePid?: number;
  readonly environment?: Listed<string>;
  readonly files?: Listed<OpenFile>;
  readonly sockets?: Listed<OpenSocket>;
  /** System unit of systemd, such as `ssh.service`, and the unit of a user's own systemd below it. */
  readonly systemdUnit?: string;
  readonly systemdUserUnit?: string;
  readonly systemdSlice?: string;
  readonly container?: ContainerHint;
  /** Names of the namespaces that are not PID 1's. */
  readonly foreignNamespaces?: readonly string[];
  /** Effective capabilities by name, such as `CAP_SYS_ADMIN`. */
  readonly capabilities?: readonly string[];
  readonly seccomp?: 'disabled' | 'strict' | 'filter';
  readonly noNewPrivileges?: boolean;
  /** Where the login came from, by the connection that the system's own sshd holds. */
  readonly login?: LoginSource;
  /** Where it came from by `SSH_CONNECTION`: a claim that the process can have set itself. */
  readonly claimedLogin?: NetworkAddress;
}

/** The first of many, and how many more there were. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly omitted: number;
}

/** The file that runs, whatever has its path by now. */
export interface ProgramFile {
  readonly device: bigint;
  readonly inode: bigint;
  /** Size in bytes. */
  readonly size: number;
  readonly sha256?: string;
  /** Why there is no hash. */
  readonly notHashed?: string;
}

export interface OpenFile {
  readonly descriptor: number;
  readonly path: string;
}

export interface NetworkAddress {
  readonly ip: string;
  readonly port: number;
}

export interface OpenSocket {
  readonly descriptor: number;
  /** `other` is what stands in no table of the process's network namespace, such as netlink. */
  readonly protocol: 'tcp' | 'udp' | 'unix' | 'other';
  readonly local?: NetworkAddress;
  readonly remote?: NetworkAddress;
  /** State of a TCP connection, such as `established`. */
  readonly state?: string;
  /** Name of a Unix socket. */
  readonly path?: string;
}

/** From the name of the cgroup, which in a delegated subtree the user chose. */
export interface ContainerHint {
  readonly id: string;
  /** `docker`, `containerd`, `cri-o`, `podman`, `lxc`, `nspawn`; absent where the name does not tell. */
  readonly runtime?: string;
}

export interface LoginSource extends NetworkAddress {
  /** The sshd that holds the connection. */
  readonly sshdPid: number;
}
