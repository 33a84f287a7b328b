import type { DemoProcess, DemoRecord } from './audit-follower.js';

/** The processes of a touch as a tree, PID 1 first, one line each. */
export function processTree(record: DemoRecord): string[] {
  const chain = [...(record.phantom.actor?.ancestry ?? [])].reverse();
  if (record.process !== undefined) chain.push(record.process);
  if (chain.length === 0) return ['(no process is known)'];
  return chain.map(
    (process, depth) => `${depth === 0 ? '' : `${'  '.repeat(depth - 1)}└ `}${describe(process)}`,
  );
}

function describe({ pid, name, args, executable, user }: DemoProcess): string {
  const who = user?.name ?? (user === undefined ? '' : `uid ${user.id}`);
  const what = args?.join(' ') ?? executable ?? '';
  return clip(`${name ?? '?'}[${pid}] ${who}${what === '' ? '' : `: ${what}`}`);
}

function clip(text: string): string {
  return text.length > 110 ? `${text.slice(0, 107)}...` : text;
}

/** Name of the user who touched. */
export function userOf({ process }: DemoRecord): string {
  return process?.user?.name ?? (process?.user === undefined ? 'unknown' : `uid ${process.user.id}`);
}
