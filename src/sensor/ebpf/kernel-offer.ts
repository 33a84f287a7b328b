import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SensorUnavailable } from '../../core/ports/sensor.js';

/** Facts of a kernel that decide the plan. `fields` gives a tracepoint's field names, if it exists. */
export interface KernelOffer {
  fields(category: string, name: string): ReadonlySet<string> | undefined;
  readonly kernelFunctions: ReadonlySet<string>;
}

/**
 * Reads what this kernel offers from tracefs.
 * @throws SensorUnavailable when tracefs or the kernel's type information is missing
 */
export async function readKernelOffer(
  wanted: readonly (readonly [category: string, name: string])[],
  tracefsCandidates: readonly string[] = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'],
  typeInformation = '/sys/kernel/btf/vmlinux',
): Promise<KernelOffer> {
  if (!(await exists(typeInformation)))
    throw new SensorUnavailable(`the kernel has no BTF (${typeInformation} is missing)`);
  const tracefs = await firstWith(tracefsCandidates, 'events/syscalls');
  if (tracefs === undefined)
    throw new SensorUnavailable('tracefs is not mounted: mount -t tracefs nodev /sys/kernel/tracing');
  const known = new Map<string, ReadonlySet<string>>();
  for (const [category, name] of wanted) {
    const text = await read(join(tracefs, 'events', category, name, 'format'));
    if (text !== undefined) known.set(`${category}:${name}`, fieldNames(text));
  }
  const functions = (await exists(join(tracefs, 'kprobe_events')))
    ? await read(join(tracefs, 'available_filter_functions'))
    : undefined;
  return {
    fields: (category, name) => known.get(`${category}:${name}`),
    kernelFunctions: new Set(functions?.split('\n').map((line) => line.split(' ')[0] ?? '')),
  };
}

/** The field names in a tracepoint's `format` file. */
export function fieldNames(format: string): ReadonlySet<string> {
  return new Set(
    Array.from(format.matchAll(/^\s*field:.*?(\w+)(?:\[\d*\])?;/gm), ([, name]) => name as string),
  );
}

async function firstWith(folders: readonly string[], entry: string): Promise<string | undefined> {
  for (const folder of folders) if (await exists(join(folder, entry))) return folder;
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
