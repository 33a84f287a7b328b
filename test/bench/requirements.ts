import Docker from 'dockerode';
import { contentLabel } from '../../src/sandbox/docker/labels.js';
import { findProgram } from '../../src/sensor/find-program.js';
import { Missing } from './item.js';

/** @throws Missing */
export function requireRoot(): void {
  if (process.geteuid?.() !== 0) throw new Missing('needs root');
}

/** Version of the Docker engine; undefined when none answers. */
export async function dockerVersion(socketPath: string): Promise<string | undefined> {
  try {
    return (await new Docker({ socketPath, timeout: 10_000 }).version()).Version;
  } catch {
    return undefined;
  }
}

/** @throws Missing */
export async function requireDocker(socketPath: string): Promise<void> {
  if ((await dockerVersion(socketPath)) === undefined)
    throw new Missing(`no Docker engine answers at ${socketPath}`);
}

/** Whether an image for sandboxes is there already, so that it is not ours to remove. */
export async function hasMirrorImage(socketPath: string): Promise<boolean> {
  const filters = { label: [contentLabel] };
  return (await new Docker({ socketPath, timeout: 10_000 }).listImages({ filters })).length > 0;
}

/** Whether a program is in one of the folders of PATH. */
export function programExists(name: string): boolean {
  return findProgram(name, process.env.PATH ?? '') !== undefined;
}
