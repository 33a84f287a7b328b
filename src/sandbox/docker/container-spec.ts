import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import type { Account } from '../look/accounts.js';
import { initScript } from './disguise-scripts.js';
import { instanceLabel } from './labels.js';
import { networkName } from './network.js';

const mebibyte = 1024 * 1024;

/** Most that one sandbox may use. */
export interface SandboxLimits {
  /** Memory with swap, MiB. The tmpfs count towards it. */
  readonly memoryMb: number;
  /** Processes and threads. */
  readonly pids: number;
  /** CPUs; 0.5 is half of one. */
  readonly cpus: number;
}

export interface ContainerFacts {
  readonly name: string;
  readonly instanceId: string;
  readonly image: string;
  readonly hostname: string;
  /** The host's /usr. */
  readonly hostUsr: string;
  readonly limits: SandboxLimits;
  /** Who has a home. */
  readonly accounts: readonly Account[];
  /** Of its network card. */
  readonly macAddress: string;
  /** Folders inside, covered by empty ones. */
  readonly covered: readonly string[];
  /** OCI runtime by its name in the engine's configuration; the engine's default where absent. */
  readonly runtime?: string;
}

/** Name of an incident's sandbox. */
export function containerName(incidentId: string): string {
  return `${incidentPrefix}${incidentId}`;
}

/** The incident that a container's name tells of; undefined for one that waits for an incident. */
export function incidentOf(name: string): string | undefined {
  return name.startsWith(incidentPrefix) ? name.slice(incidentPrefix.length) : undefined;
}

const incidentPrefix = 'phantom_forensics_';

/** Folders of a sandbox in which somebody inside can write, besides the homes. */
export const writableFolders = ['/tmp', '/var/tmp', '/run', '/dev/shm', '/var/log'] as const;

/** A sandbox as data for the engine's `POST /containers/create`. */
export function containerSpec(facts: ContainerFacts): ContainerCreateOptions {
  const { limits, macAddress } = facts;
  const memory = limits.memoryMb * mebibyte;
  return {
    name: facts.name,
    Image: facts.image,
    Cmd: ['/usr/bin/bash', '--norc', '--noprofile', '-c', initScript],
    Hostname: facts.hostname,
    // Root without a capability: process 1 of a server is root's. Guests are who they log in as.
    User: '0:0',
    WorkingDir: '/',
    MacAddress: macAddress,
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    Labels: { [instanceLabel]: facts.instanceId },
    HostConfig: {
      Mounts: [readOnlyView(facts.hostUsr, '/usr')],
      ReadonlyRootfs: true,
      Tmpfs: {
        '/tmp': tmpfs('16m', '1777'),
        '/var/tmp': tmpfs('8m', '1777'),
        '/run': tmpfs('4m', '0755'),
        '/dev/shm': tmpfs('8m', '1777'),
        '/var/log': tmpfs('8m', '0755'),
        '/root': tmpfs('8m', '0700'),
        ...Object.fromEntries(facts.accounts.filter(({ uid }) => uid !== 0).map(homeFolder)),
      },
      CapDrop: ['ALL'],
      Privileged: false,
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: networkName,
      // Engines before 25.0.5 forward names asked on an internal network from the host's side, a way to
      // carry data out (CVE-2024-29018). A server of one's own keeps the question inside.
      Dns: ['127.0.0.1'],
      // Nobody answers there: without this every lookup inside hangs for 20 s.
      DnsOptions: ['timeout:1', 'attempts:1'],
      IpcMode: 'private',
      ...unknownToTypes(facts.covered),
      // docker-init would be mounted on /sbin, which is the host's /usr here.
      Init: false,
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.round(limits.cpus * 1e9),
      PidsLimit: limits.pids,
      // If memory runs out, the sandbox goes before anything of the host.
      OomScoreAdj: 1000,
      Ulimits: [
        { Name: 'nofile', Soft: 1024, Hard: 4096 },
        { Name: 'fsize', Soft: largestFile, Hard: largestFile },
        { Name: 'core', Soft: 0, Hard: 0 },
      ],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
      RestartPolicy: { Name: 'no' },
      ...(facts.runtime !== undefined && { Runtime: facts.runtime }),
    },
  };
}

/** Largest file that can be made inside, bytes. */
export const largestFile = 16 * mebibyte;

// Known to the engine since API 1.41, not to the types.
const unknownToTypes = (
  covered: readonly string[],
): HostConfig & { CgroupnsMode: string; MaskedPaths: string[] } => ({
  // On cgroup v1 the default is the host's.
  CgroupnsMode: 'private',
  // The engine's own list (moby, oci/defaults.go, of all versions), which this key replaces.
  MaskedPaths: [
    ...['asound', 'acpi', 'interrupts', 'kcore', 'keys', 'latency_stats', 'timer_list', 'timer_stats'].map(
      inProc,
    ),
    ...['sched_debug', 'scsi'].map(inProc),
    ...['/sys/firmware', '/sys/devices/virtual/powercap'],
    // Its files tell a container from a host (running_in_cgroupns() in systemd), and the limits.
    '/sys/fs/cgroup',
    ...covered,
  ],
});

function inProc(name: string): string {
  return `/proc/${name}`;
}

function readOnlyView(source: string, target: string): MountSettings {
  // Read-only does not reach mounts below the bound folder before Docker 25; they are left out instead.
  const options = { Propagation: 'rprivate', NonRecursive: true } as const;
  return { Type: 'bind', Source: source, Target: target, ReadOnly: true, BindOptions: options };
}

function homeFolder({ home, uid, gid }: Account): [path: string, options: string] {
  return [home, `${tmpfs('8m', '0700')},uid=${uid},gid=${gid}`];
}

function tmpfs(size: string, mode: string): string {
  return `rw,noexec,nosuid,nodev,size=${size},nr_inodes=4096,mode=${mode}`;
}
