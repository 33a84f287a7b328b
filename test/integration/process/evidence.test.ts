import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFile,
  chmod,
  chown,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Actor } from '../../../src/core/actor.js';
import { ProcEvidenceSource } from '../../../src/process/evidence/evidence-source.js';
import { ProcReader } from '../../../src/process/proc-reader.js';
import { EvidenceFolder } from '../../../src/response/evidence-folder.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';

const run = promisify(execFile);
const reader = new ProcReader();
const mebibyte = 1024 * 1024;
const children: ChildProcess[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seizure-'));
  await chmod(folder, 0o755);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const source = (more: { executableBytes?: number; coreBytes?: number } = {}) =>
  new ProcEvidenceSource({
    reader,
    executableBytes: 16 * mebibyte,
    scratchDir: folder,
    heldMs: 2000,
    ...more,
  });

/** A process that has done what it is there for, and then stands still. */
async function stopped(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], ...(env && { env }) });
  children.push(child);
  let said = '';
  child.stdout?.on('data', (data) => {
    said += data;
  });
  await until('the process to be ready', () => said.includes('ready'));
  child.kill('SIGSTOP');
  await until('it to stand still', () => reader.statNow(child.pid as number)?.state === 'T');
  return child.pid as number;
}

const perl = (code: string, env?: NodeJS.ProcessEnv) =>
  stopped('/usr/bin/perl', ['-e', `${code}; $| = 1; print "ready\\n"; sleep 1000`], env);

function actorOf(pid: number, more: Partial<Actor> = {}): Actor {
  const stat = reader.statNow(pid);
  const process = { pid, startedAtNs: stat?.startedAtNs ?? 0n, name: stat?.name ?? '?' };
  return { certainty: 'kernel', process, ancestors: [], ...more };
}

/** Everything that is seized of a process, saved as the daemon saves it; names to contents. */
async function seize(actor: Actor, from = source(), between: () => unknown = () => undefined) {
  const store = new EvidenceFolder({ stateDir: join(folder, 'state') });
  const seized = await from.seize(actor);
  await between();
  for (const { name, content } of seized.files) await store.save('inc', name, content);
  for await (const { name, content } of seized.rest()) await store.save('inc', name, content);
  seized.close();
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(store.folder('inc'), { withFileTypes: true, recursive: true }).catch(
    () => [],
  )) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found.set(path.slice(store.folder('inc').length + 1), await readFile(path));
  }
  return {
    found,
    incident: store.folder('inc'),
    raw: (end: string) => [...found].find(([name]) => name.endsWith(end))?.[1],
    json: (end: string) =>
      JSON.parse([...found].find(([name]) => name.endsWith(`/${end}`))?.[1].toString() ?? 'null'),
  };
}

describeWith(['root'], 'the evidence of a stopped process', () => {
  it('says what it had open, mapped and connected', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await until('the server to listen', () => server.listening);
    const { port } = server.address() as AddressInfo;
    const held = join(folder, 'held \x1b[31mfile');
    await writeFile(held, 'x'.repeat(8192));
    const pid = await perl(
      `use IO::Socket::INET; $s = IO::Socket::INET->new("127.0.0.1:${port}"); open($f, "<", "${held}"); seek($f, 7, 0); read($f, $x, 1)`,
      { SECRET_TOKEN: 'hunter2', LANG: 'C' },
    );
    const { json, raw, incident } = await seize(actorOf(pid));
    const facts = json('process.json');
    expect(facts).toMatchObject({ pid, state: 'T', executable: '/usr/bin/perl', notInTime: [] });
    expect(facts.args[0]).toBe('/usr/bin/perl');
    expect(facts.environment.items.sort()).toEqual(['LANG=C', 'SECRET_TOKEN=***']);
    expect(facts.status).toContain(`Pid: ${pid}`);
    expect(facts.threads.items).toEqual([{ id: pid, name: 'perl', state: 'T' }]);
    const file = json('descriptors.json').items.find(({ target }: { target: string }) =>
      target.includes('held'),
    );
    expect(file.target).toContain('held \\x1b[31mfile');
    expect(file.info).toContain('flags: 02100000');
    expect(json('sockets.json').items).toContainEqual(
      expect.objectContaining({ protocol: 'tcp', remote: { ip: '127.0.0.1', port }, state: 'established' }),
    );
    expect(raw('/maps')?.toString()).toContain('/usr/bin/perl');
    const tree = json('tree.json').ancestors;
    expect(tree[0].pid).toBe(process.pid);
    expect(tree.at(-1).pid).toBe(1);
    await run('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: incident });
    server.close();
  });

  it('has the program, also of one that was deleted, once by its hash', async () => {
    const program = join(folder, 'perl');
    await copyFile('/usr/bin/perl', program);
    await chmod(program, 0o755);
    const pid = await stopped(program, ['-e', '$| = 1; print "ready\\n"; sleep 1000']);
    await unlink(program);
    const { json, raw } = await seize(actorOf(pid), source(), () => process.kill(pid, 'SIGKILL'));
    const content = await readFile('/usr/bin/perl');
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(json('program.json')).toMatchObject({
      sha256,
      size: content.length,
      copy: `executables/${sha256}`,
    });
    expect(raw(`executables/${sha256}`)?.equals(content)).toBe(true);
  });

  it('has no program that is larger than wanted, and says so', async () => {
    const pid = await perl('1');
    const { json, found } = await seize(actorOf(pid), source({ executableBytes: 1000 }));
    expect(json('program.json').notCopied).toBe('larger than 1000 bytes');
    expect([...found.keys()].filter((name) => name.startsWith('executables'))).toEqual([]);
  });

  it('is nothing when the process is gone or its number is of another', async () => {
    const pid = await perl('1');
    const actor = actorOf(pid);
    const other = { ...actor, process: { pid, startedAtNs: 10_000_000n } };
    expect((await seize(other)).found.size).toBe(0);
    const child = children.at(-1) as ChildProcess;
    child.kill('SIGKILL');
    await until('it to end', () => child.signalCode !== null);
    expect((await seize(actor)).found.size).toBe(0);
  });

  it('is taken to the end when the process ends in the middle', async () => {
    for (let count = 0; count < 20; count += 1) {
      const pid = await perl('1');
      const actor = actorOf(pid);
      setTimeout(() => process.kill(pid, 'SIGKILL'), count % 5);
      const seized = await source().seize(actor);
      for (const { content } of seized.files) expect((content as Uint8Array).length).toBeGreaterThan(0);
      for await (const _ of seized.rest());
      seized.close();
    }
  });

  it('masks the secrets in arguments of ancestors that are not of its login', async () => {
    const parent = spawn(
      '/usr/bin/perl',
      [
        '-e',
        '$| = 1; if (fork) { wait } else { setpgrp; use POSIX; POSIX::setsid(); print "$$\\n"; sleep 1000 }',
        '--',
        '--password=hunter2',
        'plain',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    children.push(parent);
    let said = '';
    parent.stdout.on('data', (data) => {
      said += data;
    });
    const pid = Number(await until('the child', () => said.trim() || undefined));
    process.kill(pid, 'SIGSTOP');
    const { json } = await seize(actorOf(pid, { auditSession: 424_242 }));
    process.kill(pid, 'SIGKILL');
    const [above] = json('tree.json').ancestors;
    expect(above).toMatchObject({ pid: parent.pid, ofLogin: false });
    expect(above.args.slice(-2)).toEqual(['--password=***', 'plain']);
  });
});

describeWith(['root'], 'the history of a shell', () => {
  const uid = 61_234;
  let history: string;
  beforeEach(() => {
    history = join(folder, 'home', 'chosen_history');
  });

  async function ofUser(path = history) {
    const child = spawn('/bin/sh', ['-c', 'echo ready; sleep 1000'], {
      uid,
      gid: uid,
      env: { HISTFILE: path, PATH: '/usr/bin:/bin' },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    children.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const inner = await until(
      'the sleep',
      async () =>
        Number((await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'latin1')).trim()) ||
        undefined,
    );
    process.kill(inner, 'SIGSTOP');
    const seized = await seize(actorOf(inner));
    process.kill(-(child.pid as number), 'SIGKILL');
    return seized;
  }

  beforeEach(async () => {
    await mkdir(join(folder, 'home'));
    await chown(join(folder, 'home'), uid, uid);
  });

  it('is kept as the shell above names it', async () => {
    await writeFile(history, 'cat /root/secret\n');
    await chown(history, uid, uid);
    const { found, json } = await ofUser();
    const name = [...found.keys()].find((one) => one.startsWith(`histories/${uid}-chosen_history-`));
    expect(found.get(name as string)?.toString()).toBe('cat /root/secret\n');
    expect(json('histories.json')).toContainEqual(
      expect.objectContaining({ uid, path: history, copy: name }),
    );
  });

  it('is kept by its end when it is long', async () => {
    await writeFile(history, 'a'.repeat(2 * mebibyte));
    await appendFile(history, 'last command\n');
    await chown(history, uid, uid);
    const { found } = await ofUser();
    const [, content] = [...found].find(([one]) => one.includes('chosen_history-')) as [string, Buffer];
    expect(content.length).toBe(mebibyte);
    expect(content.toString().endsWith('last command\n')).toBe(true);
  });

  const refusals: [string, string, () => Promise<unknown>][] = [
    ['is a link', 'a link', () => symlink('/etc/shadow', history)],
    ['is a FIFO', 'not a regular file', () => run('mkfifo', [history])],
    ['is a device', 'not a regular file', () => run('mknod', [history, 'c', '1', '5'])],
    ['is a file of another user', 'of another user', () => writeFile(history, 'x')],
  ];
  it.each(refusals)('is refused when it %s', async (_, refused, make) => {
    await make();
    const { found, json } = await ofUser();
    expect([...found.keys()].filter((name) => name.includes('chosen_history'))).toEqual([]);
    expect(json('histories.json')).toContainEqual({ uid, path: history, refused });
  });

  it('is refused behind a link that its user made', async () => {
    await symlink('/etc', join(folder, 'home', 'link'));
    await run('chown', ['-h', `${uid}`, join(folder, 'home', 'link')]);
    const path = join(folder, 'home', 'link', 'passwd');
    const { json } = await ofUser(path);
    expect(json('histories.json')).toContainEqual({ uid, path, refused: 'behind a link that a user made' });
  });
});

describeWith(['root'], 'a core', () => {
  it('is an ELF file that readelf and gdb read, with the memory of the process', async () => {
    const pid = await perl('$s = "needle" . "-in-the-heap" x 1; $big = "x" x 3000000');
    const { raw, json, incident, found } = await seize(actorOf(pid), source({ coreBytes: 64 * mebibyte }));
    const index = json('core.json');
    expect(index).toMatchObject({ complete: true, unreadableBytes: 0 });
    expect(raw('/core')?.includes('needle-in-the-heap')).toBe(true);
    const path = join(incident, [...found.keys()].find((name) => name.endsWith('/core')) as string);
    const { stdout, stderr } = await run('readelf', ['-W', '-h', '-l', '-n', path]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/Type: +CORE/);
    expect(stdout).toMatch(/NT_PRSTATUS/);
    expect(stdout).toMatch(/NT_FILE/);
    const gdb = await run('gdb', [
      '-batch',
      '-nx',
      '-ex',
      'bt',
      '-ex',
      'info proc mappings',
      '/usr/bin/perl',
      path,
    ]);
    expect(gdb.stdout).toContain(`#0 `);
    expect(gdb.stdout).toContain('Core was generated by');
    expect(gdb.stdout).toMatch(/0x0 +\/usr\/bin\/perl/);
  });

  it('is cut at its bound and still one', async () => {
    const pid = await perl('$big = "x" x 5000000');
    const { json, raw, incident, found } = await seize(actorOf(pid), source({ coreBytes: mebibyte }));
    expect(json('core.json')).toMatchObject({ complete: false });
    expect(json('core.json').bytes).toBeLessThanOrEqual(mebibyte);
    expect(raw('/core')?.length).toBeLessThan(mebibyte + 64 * 1024);
    const path = join(incident, [...found.keys()].find((name) => name.endsWith('/core')) as string);
    expect((await run('readelf', ['-W', '-l', '-n', path])).stderr).toBe('');
    expect(await readdir(folder)).toEqual(['state']);
  });

  it('is not taken where none is wanted', async () => {
    const pid = await perl('1');
    const { found } = await seize(actorOf(pid));
    expect([...found.keys()].filter((name) => name.includes('core'))).toEqual([]);
  });
});
