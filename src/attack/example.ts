import { z } from 'zod';
import { plainArguments } from '../core/techniques/shell-script.js';
import type { TrailEvent } from '../core/trail.js';

const by = { by: z.string().optional(), parent: z.string().optional() };
const address = z
  .string()
  .regex(/^(?:\[[0-9a-fA-F:.]+\]|[\d.]+):\d+$|^unix:/, 'expected IP:PORT or unix:PATH');

/**
 * An event in short: a command line, or one key that names what was done. `by` is the command line of
 * the process that did it (for an `exec`: the file of the program), `parent` that of its parent.
 */
export const exampleSchema = z.union([
  z.string().min(1),
  z.strictObject({ exec: z.union([z.string(), z.array(z.string()).min(1)]), ...by }),
  z.strictObject({ write: z.string(), ...by }),
  z.strictObject({ unlink: z.string(), ...by }),
  z.strictObject({ rename: z.string(), to: z.string(), ...by }),
  z.strictObject({ chmod: z.string(), mode: z.string().regex(/^[0-7]{3,5}$/), ...by }),
  z.strictObject({ connect: address, ...by }),
  z.strictObject({ bind: address, ...by }),
  z.strictObject({ privilege: z.number().int(), was: z.number().int(), ...by }),
]);

export type Example = z.infer<typeof exampleSchema>;

/** The event that an example stands for. A command line that is more than one command is run by `sh -c`. */
export function exampleEvent(example: Example): TrailEvent {
  const given = typeof example === 'string' ? { exec: example } : example;
  const { by: doer, parent } = given as { by?: string; parent?: string };
  const parentFacts = parent === undefined ? {} : { parent: { pid: 90, ...facts(argumentsOf(parent)) } };
  const base = { atNs: 0n, rootPid: 90, ...parentFacts };
  if ('exec' in given) {
    const args = Array.isArray(given.exec) ? given.exec : argumentsOf(given.exec);
    const executable = fileOf(given.by ?? args[0] ?? '');
    return { ...base, kind: 'exec', path: executable, process: { pid: 100, executable, args } };
  }
  const process = { pid: 100, ...facts(argumentsOf(doer ?? 'bash')) };
  return { ...base, process, ...whatWasDone(given) };
}

function whatWasDone(
  given: Exclude<Example, string | { exec: unknown }>,
): Pick<TrailEvent, 'kind'> & Partial<TrailEvent> {
  if ('write' in given) return { kind: 'open-write', path: given.write };
  if ('unlink' in given) return { kind: 'unlink', path: given.unlink };
  if ('rename' in given) return { kind: 'rename', path: given.rename, destination: given.to };
  if ('chmod' in given) return { kind: 'chmod', path: given.chmod, mode: Number.parseInt(given.mode, 8) };
  if ('connect' in given) return { kind: 'connect', address: addressOf(given.connect) };
  if ('bind' in given) return { kind: 'bind', address: addressOf(given.bind) };
  return {
    kind: 'privilege',
    before: { uid: given.was, effectiveUid: given.was },
    process: privileged(given),
  };
}

function privileged({
  by: doer,
  privilege,
}: {
  by?: string | undefined;
  privilege: number;
}): TrailEvent['process'] {
  return { pid: 100, ...facts(argumentsOf(doer ?? 'bash')), uid: privilege, effectiveUid: privilege };
}

function facts(args: readonly string[]): { executable: string; args: readonly string[] } {
  return { executable: fileOf(args[0] ?? ''), args };
}

/** A name without a folder is looked up as a shell would, and found among those of the distribution. */
function fileOf(name: string): string {
  return name === '' || name.includes('/') ? name : `/usr/bin/${name}`;
}

function argumentsOf(line: string): readonly string[] {
  return plainArguments(line) ?? ['sh', '-c', line];
}

function addressOf(text: string): NonNullable<TrailEvent['address']> {
  if (text.startsWith('unix:')) return { family: 'unix', path: text.slice('unix:'.length) };
  const colon = text.lastIndexOf(':');
  const ip = text.slice(0, colon).replace(/^\[|\]$/g, '');
  return { family: ip.includes(':') ? 'inet6' : 'inet', ip, port: Number(text.slice(colon + 1)) };
}
