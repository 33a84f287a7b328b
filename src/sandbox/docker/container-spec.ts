import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import type { DecoyService } from './decoy-service.js';
import { incidentLabel, instanceLabel } from './labels.js';
import { evidenceInside } from './mirror-root.js';
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
  readonly incidentId: string;
  readonly instanceId: string;
  readonly image: string;
  readonly decoy: DecoyService;
  readonly hostname: string;
  /** The host's /usr. */
  readonly hostUsr: string;
  /** The incident's evidence on the host. */
  readonly evidenceFolder: string;
  readonly limits: SandboxLimits;
}

/** Name of an incident's sandbox. */
export function containerName(incidentId: string): string {
  return `phantom_forensics_${incidentId}`;
}

/** The user that the decoy and the intruder are: nobody, who owns nothing on any Linux. */
export const serviceUser = '65534:65534';

/** The container of an incident as data for the engine's `POST /containers/create`. */
export function containerSpec(facts: ContainerFacts): ContainerCreateOptions {
  const { decoy, limits } = facts;
  const memory = limits.memoryMb * mebibyte;
  return {
    name: containerName(facts.incidentId),
    Image: facts.image,
    Cmd: [...decoy.command],
    Hostname: facts.hostname,
    User: serviceUser,
    WorkingDir: '/',
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    Labels: { [incidentLabel]: facts.incidentId, [instanceLabel]: facts.instanceId },
    HostConfig: {
      Mounts: [readOnlyView(facts.hostUsr, '/usr'), readOnlyView(facts.evidenceFolder, evidenceInside)],
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': tmpfs('16m', '1777'), '/var/tmp': tmpfs('8m', '1777'), '/run': tmpfs('4m', '0755') },
      ShmSize: 8 * mebibyte,
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
      ...privateCgroup,
      // docker-init would be mounted on /sbin, which is the host's /usr here.
      Init: false,
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.round(limits.cpus * 1e9),
      PidsLimit: limits.pids,
      // If memory runs out, the sandbox goes before anything of the host.
      OomScoreAdj: 1000,
      Ulimits: [
        { Name: 'nofile', Soft: 1024, Hard: 1024 },
        { Name: 'fsize', Soft: 16 * mebibyte, Hard: 16 * mebibyte },
        { Name: 'core', Soft: 0, Hard: 0 },
      ],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
      RestartPolicy: { Name: 'no' },
    },
  };
}

// Known to the engine since API 1.41, not to the types: on cgroup v1 the default is the host's.
const privateCgroup = { CgroupnsMode: 'private' };

function readOnlyView(source: string, target: string): MountSettings {
  // Read-only does not reach mounts below the bound folder before Docker 25; they are left out instead.
  const options = { Propagation: 'rprivate', NonRecursive: true } as const;
  return { Type: 'bind', Source: source, Target: target, ReadOnly: true, BindOptions: options };
}

function tmpfs(size: string, mode: string): string {
  return `rw,noexec,nosuid,nodev,size=${size},mode=${mode}`;
}
