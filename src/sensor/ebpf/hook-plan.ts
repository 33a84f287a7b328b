import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SensorUnavailable } from '../../core/ports/sensor.js';
import type { TouchOp } from '../../core/touch.js';

/** Which kernel hooks a script uses: only those that the running kernel offers. */
export interface HookPlan {
  /** Syscall exit tracepoints that return a descriptor, where no kernel function tells of opens. */
  readonly open: readonly string[];
  /** Page cache tracepoints, Linux 6.12 and later. */
  readonly filemap: readonly { readonly name: string; readonly op: TouchOp }[];
  /** O_DIRECT through iomap (ext4, xfs). */
  readonly directIo: boolean;
  /** Kernel functions that get the file as an argument, where kprobes are built in. */
  readonly kprobe: readonly { readonly name: string; readonly op: TouchOp }[];
}

/** Facts of a kernel that decide the plan. `fields` gives a tracepoint's field names, if it exists. */
export interface KernelOffer {
  fields(category: string, name: string): ReadonlySet<string> | undefined;
  readonly kernelFunctions: ReadonlySet<string>;
}

const openProbes = ['sys_exit_open', 'sys_exit_openat', 'sys_exit_openat2', 'sys_exit_open_by_handle_at'];
const filemapProbes = [
  { name: 'mm_filemap_get_pages', op: 'read' },
  { name: 'mm_filemap_map_pages', op: 'mmap' },
  { name: 'mm_filemap_fault', op: 'mmap' },
] as const;
/**
 * The security hooks lie on every route to a file: io_uring, 32-bit calls and the file below an
 * overlay as well, on every file system.
 */
const fileFunctions = [
  { name: 'security_file_open', op: 'open' },
  { name: 'security_file_permission', op: 'read' },
  { name: 'security_mmap_file', op: 'mmap' },
] as const;

/** @throws SensorUnavailable when traps could not be registered or opens not be seen */
export function planHooks(offer: KernelOffer): HookPlan {
  const has = (category: string, name: string, ...needed: string[]) => {
    const fields = offer.fields(category, name);
    return fields !== undefined && needed.every((field) => fields.has(field));
  };
  if (!has('syscalls', 'sys_enter_pread64', 'fd', 'pos'))
    throw new SensorUnavailable('the kernel has no syscall tracepoints (CONFIG_FTRACE_SYSCALLS)');
  const filemap = filemapProbes.filter(({ name }) => has('filemap', name, 'i_ino', 's_dev'));
  // The permission hook runs at every read and write of the host, pipes and sockets too: the page
  // cache tracepoints are cheaper where they are.
  const kprobe = fileFunctions.filter(
    ({ name, op }) => offer.kernelFunctions.has(name) && (op === 'open' || filemap.length === 0),
  );
  const openTracepoints = openProbes.filter((name) => has('syscalls', name, 'ret'));
  if (openTracepoints.length === 0) throw new SensorUnavailable('the kernel has no tracepoints for open');
  const open = kprobe.some(({ op }) => op === 'open') ? [] : openTracepoints;
  return { open, filemap, directIo: has('iomap', 'iomap_dio_rw_begin', 'ino', 'dev'), kprobe };
}

/**
 * The plans worth trying, best first: a kernel may list a function and still refuse a kprobe there
 * (lockdown, a blacklist).
 * @throws SensorUnavailable as `planHooks`
 */
export function planAlternatives(offer: KernelOffer): readonly HookPlan[] {
  const best = planHooks(offer);
  return best.kprobe.length === 0
    ? [best]
    : [best, planHooks({ fields: offer.fields, kernelFunctions: new Set() })];
}

/**
 * Reads what this kernel offers from tracefs.
 * @throws SensorUnavailable when tracefs or the kernel's type information is missing
 */
export async function readKernelOffer(
  wanted: readonly (readonly [category: string, name: string])[] = wantedTracepoints(),
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

function wantedTracepoints(): readonly (readonly [string, string])[] {
  return [
    ['syscalls', 'sys_enter_pread64'],
    ...openProbes.map((name) => ['syscalls', name] as const),
    ...filemapProbes.map(({ name }) => ['filemap', name] as const),
    ['iomap', 'iomap_dio_rw_begin'],
  ];
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
