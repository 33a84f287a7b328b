import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, link, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Actor } from '../../../src/core/actor.js';
import { fromPrintable } from '../../../src/core/printable.js';
import { OpenFileHolders } from '../../../src/process/open-file-holders.js';
import { ProcReader } from '../../../src/process/proc-reader.js';
import { ProcProcessInspector } from '../../../src/process/process-inspector.js';
import { UserDatabase } from '../../../src/process/user-database.js';

const reader = new ProcReader();
const inspector = new ProcProcessInspector({ reader, users: new UserDatabase(), describeMs: 5000 });
const children: ChildProcess[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspector-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Waits until a child is the program that it was started for. */
async function started(child: ChildProcess, args: number): Promise<{ pid: number; startedAtNs: bigint }> {
  children.push(child);
  const pid = child.pid as number;
  await vi.waitFor(async () => expect((await reader.args(pid))?.length).toBe(args));
  const stat = await reader.stat(pid);
  return { pid, startedAtNs: stat?.startedAtNs ?? 0n };
}

/** The `sleep` that is `depth` children below a process. */
async function bottomOf(top: number, depth: number): Promise<{ pid: number; startedAtNs: bigint }> {
  let pid = top;
  for (let level = 0; level < depth; level += 1) {
    const child = (await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1')).trim();
    expect(child).toMatch(/^\d+$/);
    pid = Number(child);
  }
  const stat = await reader.stat(pid);
  expect(stat?.name).toBe('sleep');
  return { pid, startedAtNs: stat?.startedAtNs ?? 0n };
}

/** The actor as the second look completes it. */
const complete = async (actor: Actor) => (await inspector.describe(actor)).actor;

const touchOf = (process: { pid: number; startedAtNs: bigint }): Actor => ({
  certainty: 'kernel',
  process,
  ancestors: [],
});

describe('ProcProcessInspector on this host', () => {
  it('tells all of a real process, with the chain to PID 1', async () => {
    const child = spawn('sleep', ['60'], { cwd: folder, stdio: 'ignore' });
    const actor = await complete(touchOf(await started(child, 2)));
    expect(actor.process).toMatchObject({
      name: 'sleep',
      args: ['sleep', '60'],
      workingDirectory: folder,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
    });
    expect(actor.process?.executable).toMatch(/\/(sleep|coreutils|busybox)$/);
    expect(actor.ancestors[0]?.pid).toBe(process.pid);
    expect(actor.ancestors.at(-1)?.pid).toBe(1);
    const status = await readFile('/proc/self/stat', 'latin1');
    expect(actor.posixSession).toBe(Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[3]));
  });

  it('brings hostile bytes of name, program and arguments over unharmed and printable', async () => {
    // No string can hold this name: the program is made by one that takes its bytes as they are.
    const name = Buffer.from([0x0a, 0x22, 0x27, 0x1b, 0x80, 0x29, 0x20, 0x28, 0x5c]);
    const plain = join(folder, 'plain');
    await copyFile('/bin/sleep', plain);
    const program = Buffer.concat([Buffer.from(`${folder}/`), name]);
    await link(plain, program);
    const octal = [...name].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('');
    const script = `name=$(printf '%b.' '${octal}'); exec "$1/\${name%.}" 60 30`;
    const child = spawn('sh', ['-c', script, 'sh', folder], { stdio: 'ignore' });
    const actor = await complete(touchOf(await started(child, 3)));
    const bytesOf = (text = '') => Buffer.from(fromPrintable(text));
    expect(bytesOf(actor.process?.name)).toEqual(name);
    expect(bytesOf(actor.process?.executable)).toEqual(program);
    expect(bytesOf(actor.process?.args?.[0])).toEqual(program);
    for (const text of [actor.process?.name, actor.process?.executable, ...(actor.process?.args ?? [])]) {
      expect(text).toMatch(/^[\x20-\x7e]+$/);
    }
  });

  it('leaves the facts alone when the start time is of another process', async () => {
    const { pid, startedAtNs } = await started(spawn('sleep', ['60'], { stdio: 'ignore' }), 2);
    const known = { pid, startedAtNs: startedAtNs + 10_000_000n };
    expect(await complete(touchOf(known))).toEqual(touchOf(known));
  });

  it('keeps to what is known of a process that has ended', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const known = await started(child, 2);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await complete(touchOf(known))).toEqual(touchOf(known));
  });

  it('knows the controlling terminal and the session', async () => {
    const child = spawn('script', ['-qec', 'exec sleep 60', '/dev/null'], { stdio: 'ignore' });
    await started(child, 4);
    let pid = 0;
    await vi.waitFor(async () => {
      const tasks = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'latin1');
      pid = Number(tasks.trim());
      expect((await reader.args(pid))?.[0]).toBe('sleep');
    });
    const stat = await reader.stat(pid);
    const actor = await complete(touchOf({ pid, startedAtNs: stat?.startedAtNs ?? 0n }));
    expect(actor.tty).toMatch(/^pts\d+$/);
    expect(actor.posixSession).toBe(pid);
  });

  it('reaches PID 1 and the session leader from the bottom of a deep tree', async () => {
    const depth = 120;
    const nest = join(folder, 'nest');
    // `:` keeps the shell from replacing itself with the last command.
    await writeFile(nest, 'if [ "$1" -gt 0 ]; then sh "$0" $(($1 - 1)) "$2"; else sleep 600; fi\n:\n');
    const argument = 'x'.repeat(40_000);
    // A session and process group of its own, which is ended as a whole.
    const top = spawn('sh', [nest, String(depth), argument], { stdio: 'ignore', detached: true });
    try {
      const leaf = await vi.waitFor(() => bottomOf(top.pid as number, depth + 1), { timeout: 60_000 });
      const actor = await complete(touchOf(leaf));
      expect(actor.process).toMatchObject({ name: 'sleep', args: ['sleep', '600'] });
      expect(actor.ancestors).toHaveLength(64);
      expect(actor.ancestors.at(-1)?.pid).toBe(1);
      expect(actor.ancestors.slice(40).map(({ pid }) => pid)).toContain(top.pid);
      expect(actor.posixSession).toBe(top.pid);
      expect(actor.ancestorsOmitted).toBeGreaterThanOrEqual(depth + 1 + 2 - 64);
      for (const { args } of actor.ancestors.slice(0, 40)) {
        expect(args?.slice(0, 2)).toEqual(['sh', nest]);
        expect(args?.at(-1)).toBe('…');
        expect(args?.join(' ').length).toBeLessThan(520);
      }
    } finally {
      process.kill(-(top.pid as number), 'SIGKILL');
    }
  });

  it('keeps its time for a chain of this depth', async () => {
    const fast = new ProcProcessInspector({ reader, users: new UserDatabase(), describeMs: 50 });
    const known = touchOf(await started(spawn('sleep', ['60'], { stdio: 'ignore' }), 2));
    const before = performance.now();
    await fast.describe(known);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe('OpenFileHolders on this host', () => {
  it('finds a holder by path and by hard link, and not the process that asks', async () => {
    const holders = new OpenFileHolders({ reader, inspector, budgetMs: 5000 });
    const trap = join(folder, 'trap');
    await writeFile(trap, 'x');
    await link(trap, join(folder, 'other'));
    const own = spawn('sh', ['-c', 'exec 3<"$1"; exec sleep 60', 'sh', join(folder, 'other')], {
      stdio: 'ignore',
    });
    await started(own, 2);
    const actor = await holders.actorOf(trap);
    expect(actor).toMatchObject({ certainty: 'guess', process: { pid: own.pid, name: 'sleep' } });
    expect(actor.ancestors.at(-1)?.pid).toBe(1);
  });
});
