import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor, ProcessFacts } from '../../../src/core/actor.js';
import { ProcReader } from '../../../src/process/proc-reader.js';
import { ProcProcessInspector } from '../../../src/process/process-inspector.js';
import { UserDatabase } from '../../../src/process/user-database.js';
import { until } from '../../support/until.js';

const reader = new ProcReader();
const inspector = new ProcProcessInspector({
  reader,
  users: new UserDatabase(),
  glanceMs: 5000,
  searchMs: 5000,
  describeMs: 20_000,
});
const children: ChildProcess[] = [];
let folder: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'details-'));
  await chmod(folder, 0o755);
});
afterEach(async () => {
  for (const { pid } of children.splice(0)) if (pid !== undefined) endGroup(pid);
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** Each child leads a group, so that its own children end with it. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Ended by itself.
  }
}

function run(program: string, args: readonly string[], more: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit'], detached: true, ...more });
  children.push(child);
  return child.pid as number;
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '');
  return text.trim().split(' ').filter(Boolean).map(Number);
}

/** The first process at or below `pid` whose program is called `name`. */
async function find(pid: number, name: string): Promise<number> {
  const search = async (top: number): Promise<number | undefined> => {
    if (reader.statNow(top)?.name === name) return top;
    for (const child of await childrenOf(top)) {
      const found = await search(child);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return until(`a process ${name}`, () => search(pid));
}

function actorOf(pid: number, more: Partial<Actor> = {}): Actor {
  const stat = reader.statNow(pid);
  const process: ProcessFacts = { pid, startedAtNs: stat?.startedAtNs ?? 0n, name: stat?.name ?? '?' };
  return { certainty: 'kernel', process, ancestors: [], ...more };
}

/** Both looks, one after the other. */
async function details(actor: Actor) {
  return inspector.describe(await inspector.glance(actor));
}

async function listen(): Promise<number> {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Connects to a port, and becomes the program of the other arguments, or its parent. */
const connecting = [
  'import os, socket, sys, time',
  's = socket.create_connection(("127.0.0.1", int(sys.argv[1])))',
  'os.set_inheritable(s.fileno(), True)',
  'pid = os.fork()',
  'if pid == 0:',
  '  s.close()',
  '  os.execvp(sys.argv[2], sys.argv[2:])',
  'time.sleep(600)',
].join('\n');

describe('the details of an actor on this host', () => {
  it('tell program, environment, files, rights and namespaces of a real process', async () => {
    const program = join(folder, 'reader');
    await copyFile('/bin/sleep', program);
    const env = { HOME: '/x', DB_PASSWORD: 'hunter2' };
    const pid = await find(run(program, ['600'], { env, cwd: folder }), 'reader');
    // What has the path now is not what runs.
    await copyFile('/bin/true', `${program}-`);
    await rename(`${program}-`, program);
    const found = await details(actorOf(pid));
    expect(found).toMatchObject({
      state: 'alive',
      root: '/',
      program: {
        sha256: createHash('sha256')
          .update(await readFile('/bin/sleep'))
          .digest('hex'),
      },
      environment: { items: ['HOME=/x', 'DB_PASSWORD=***'], omitted: 0 },
      foreignNamespaces: [],
      seccomp: 'disabled',
      noNewPrivileges: false,
      actor: {
        process: { executable: `${program} (deleted)`, args: [program, '600'], workingDirectory: folder },
        namespaces: { pid: reader.namespaces('self').pid },
      },
    });
    expect(found.capabilities).toContain('CAP_SYS_ADMIN');
    expect(found.files?.items).toContainEqual({ descriptor: 1, path: '/dev/null' });
    expect(found.actor.ancestors.at(-1)?.pid).toBe(1);
    expect(found).not.toHaveProperty('laterExecutable');
  });

  it('tell the addresses of its sockets, from its own network namespace', async () => {
    const port = await listen();
    const client = run('python3', ['-c', connecting, String(port), 'sleep', '600']);
    await find(client, 'sleep');
    const connected = await details(actorOf(await find(client, 'python3')));
    expect(connected.sockets?.items).toContainEqual(
      expect.objectContaining({ protocol: 'tcp', remote: { ip: '127.0.0.1', port }, state: 'established' }),
    );
    const script =
      'import socket, time; s = socket.socket(); s.bind(("0.0.0.0", 4711)); s.listen(); time.sleep(600)';
    const elsewhere = await find(run('unshare', ['-n', 'python3', '-c', script]), 'python3');
    await until(
      'a listening socket',
      async () =>
        (await details(actorOf(elsewhere))).sockets?.items.some(({ state }) => state === 'listen') ?? false,
    );
    const listening = await details(actorOf(elsewhere));
    expect(listening.sockets?.items).toContainEqual({
      descriptor: 3,
      protocol: 'tcp',
      local: { ip: '0.0.0.0', port: 4711 },
      state: 'listen',
    });
    expect(listening.foreignNamespaces).toEqual(['net']);
  });

  it('know the first process of a container, and its way to the PID 1 of the host', async () => {
    const pid = await find(run('unshare', ['-p', '-f', '--mount-proc', 'sleep', '600']), 'sleep');
    const found = await details(actorOf(pid));
    expect(found).toMatchObject({ state: 'alive', namespacePid: 1 });
    expect(found.foreignNamespaces).toEqual(expect.arrayContaining(['pid', 'mnt']));
    expect(found.actor.ancestors.map((one) => one.pid)).toContain(process.pid);
    expect(found.actor.ancestors.at(-1)?.pid).toBe(1);
  });

  it('tell what is left of a zombie', async () => {
    const parent = run('sh', ['-c', 'true & exec sleep 600']);
    let zombie = 0;
    await until('a zombie', async () => {
      [zombie = 0] = await childrenOf(parent);
      return reader.statNow(zombie)?.state === 'Z';
    });
    const glanced = await inspector.glance({
      ...actorOf(zombie),
      process: { ...actorOf(zombie).process, args: ['true'] } as ProcessFacts,
    });
    expect(glanced.process).toMatchObject({ pid: zombie, uid: 0, userName: 'root', args: ['true'] });
    expect(glanced.process).not.toHaveProperty('executable');
    expect(glanced.ancestors.at(-1)?.pid).toBe(1);
    const found = await inspector.describe(glanced);
    expect(found).toMatchObject({ state: 'zombie' });
    expect(found.actor.cgroup).toBeDefined();
    for (const absent of ['program', 'environment', 'laterExecutable'])
      expect(found).not.toHaveProperty(absent);
  });

  it('know a kernel thread, which has no program and no memory', async () => {
    const found = await details(actorOf(2));
    expect(found).toMatchObject({ state: 'kernel-thread', actor: { process: { name: 'kthreadd', uid: 0 } } });
    for (const absent of ['program', 'environment', 'laterExecutable'])
      expect(found).not.toHaveProperty(absent);
    expect(found.actor.process).not.toHaveProperty('args');
  });

  it('read a process whose first thread has ended from the thread that touched', async () => {
    const script = [
      'import ctypes, threading, time',
      'threading.Thread(target=lambda: time.sleep(600)).start()',
      'ctypes.CDLL(None).pthread_exit(None)',
    ].join('\n');
    const pid = run('python3', ['-c', script]);
    await until('the end of the first thread', () => reader.statNow(pid)?.state === 'Z');
    const tasks = (await readdir(`/proc/${pid}/task`)).map(Number);
    const threadId = tasks.find((one) => one !== pid) as number;
    const found = await details(actorOf(pid, { threadId }));
    expect(found.state).toBe('alive');
    expect(found.actor.process?.executable).toMatch(/python/);
    expect(found.actor.process?.args?.[2]).toBe(script.replaceAll('\n', '\\x0a'));
    expect(found.program?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('say so when another program runs by then, and mix nothing of it in', async () => {
    const pid = run('sh', ['-c', 'read line; exec sleep 600'], { env: { SECRET_OF: 'x' } });
    await find(pid, 'sh');
    const glanced = await inspector.glance(actorOf(pid));
    expect(glanced.process?.executable).toMatch(/\/(da|ba)?sh$/);
    children[0]?.stdin?.write('\n');
    await find(pid, 'sleep');
    const found = await inspector.describe(glanced);
    expect(found.laterExecutable).toMatch(/\/(sleep|coreutils|busybox)$/);
    expect(found.actor.process).toMatchObject({
      name: 'sh',
      args: ['sh', '-c', 'read line; exec sleep 600'],
    });
    expect(found.actor.process?.executable).toBe(glanced.process?.executable);
    for (const absent of ['program', 'environment', 'capabilities']) expect(found).not.toHaveProperty(absent);
  });

  it('leave a process alone whose number was given out again', async () => {
    const first = spawn('sleep', ['600'], { stdio: 'ignore' });
    const known = actorOf(first.pid as number, { executableFile: { device: 1n, inode: 1n } });
    first.kill('SIGKILL');
    await once(first, 'exit');
    let again = 0;
    // Others start processes as well: it takes a few tries to get just this number.
    // And within one tick of the clock of /proc nobody can tell one from the other.
    const isAnother = () =>
      again === first.pid && reader.statNow(again)?.startedAtNs !== known.process?.startedAtNs;
    for (let tries = 0; tries < 200 && !isAnother(); tries += 1) {
      if (again !== 0) endGroup(again);
      await until('the number to be free', () => reader.statNow(first.pid as number) === undefined);
      await writeFile('/proc/sys/kernel/ns_last_pid', String((first.pid as number) - 1));
      again = run('sleep', ['601']);
    }
    expect(again).toBe(first.pid);
    const glanced = await inspector.glance(known);
    expect(glanced).toEqual(known);
    expect(await inspector.describe(glanced)).toEqual({ state: 'gone', actor: known });
  });
});

describe('where a login came from', () => {
  const environment = { ...process.env, SSH_CONNECTION: '198.51.100.7 4242 10.0.0.1 22' };

  /** python3 as an ssh server by its path, which only this process and its children see. */
  const disguise = (path: string) => [
    '-m',
    'sh',
    '-c',
    `mount -t tmpfs tmpfs ${path} && cp "$(readlink -f /usr/bin/python3)" ${path}/sshd && shift && exec ${path}/sshd "$@"`,
    'sh',
    'sshd',
  ];

  it('is the connection that an ssh server of root holds, and what the process says is a claim', async () => {
    const port = await listen();
    const args = [...disguise('/usr/local/sbin'), '-c', connecting, String(port), 'sleep', '600'];
    const top = run('unshare', args, { env: environment });
    const found = await details(actorOf(await find(top, 'sleep')));
    expect(found.login).toEqual({ ip: '127.0.0.1', port, sshdPid: await find(top, 'sshd') });
    expect(found.claimedLogin).toEqual({ ip: '198.51.100.7', port: 4242 });
  });

  it('is not believed of a program that only has the name', async () => {
    const port = await listen();
    const args = [...disguise(folder), '-c', connecting, String(port), 'sleep', '600'];
    const found = await details(actorOf(await find(run('unshare', args, { env: environment }), 'sleep')));
    expect(found.login).toBeUndefined();
    expect(found.claimedLogin).toEqual({ ip: '198.51.100.7', port: 4242 });
  });

  it('is not believed of a user who is root only in a namespace of their own', async () => {
    const port = await listen();
    const args = ['--reuid=65534', '--regid=65534', '--clear-groups', 'unshare', '-Ur'];
    const inside = [...disguise('/usr/local/sbin'), '-c', connecting, String(port), 'sleep', '600'];
    const top = run('setpriv', [...args, ...inside], { env: environment, cwd: '/' });
    const found = await details(actorOf(await find(top, 'sleep')));
    expect(found.actor.ancestors.some(({ executable }) => executable === '/usr/local/sbin/sshd')).toBe(true);
    expect(found.login).toBeUndefined();
    expect(found.foreignNamespaces).toContain('user');
  });
});
