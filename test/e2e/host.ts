import { readdirSync, readFileSync } from 'node:fs';
import Docker from 'dockerode';

export const docker = new Docker({ socketPath: '/var/run/docker.sock' });

/** Names of the containers of an incident, running or not. */
export async function containersOf(incidentId: string): Promise<string[]> {
  const all = await docker.listContainers({ all: true });
  return all.flatMap(({ Names }) => Names).filter((name) => name.includes(incidentId));
}

/** Pids of the processes whose command line holds a text. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && commandLine(pid).includes(text));
}

/** State letter of a process (proc(5)), such as `T` for stopped; undefined when it is gone. */
export function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined;
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
