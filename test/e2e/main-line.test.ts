import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { containersOf, docker, processesWith } from './host.js';
import { asIntruder } from './intruder.js';
import { type AuditRecord, Installation, type PhantomdRun } from './phantomd.js';

describeWith(['root', 'bpf', 'bpftrace', 'docker'], 'the main line, with the kernel and Docker', () => {
  let installation: Installation;
  let daemon: PhantomdRun;
  let incident: string;
  let salary: string;

  const touchOf = (file: string, program: string, op: string) => (record: AuditRecord) =>
    record.event.action === 'trap-touched' &&
    record.file.name === file &&
    record.process?.name === program &&
    record.phantom.touch.op === op;

  beforeAll(async () => {
    installation = await Installation.make({
      traps: { kinds: ['passwords', 'salary', 'env', 'ssh-key', 'aws-credentials'] },
    });
    daemon = await installation.start(['--sensor=ebpf']);
    salary = await installation.trapOf('salary');
  });
  afterAll(() => installation.remove());

  it('plants a trap of each kind with what lies beside it, and says so', async () => {
    const planted = (await installation.records()).filter(({ event }) => event.action === 'trap-planted');
    expect(planted.map(({ file }) => file.path).sort()).toEqual(
      ['.aws/credentials', '.env', 'id_rsa', 'id_rsa.pub', 'passwords.txt', basename(salary)].map((name) =>
        installation.trap(name),
      ),
    );
  });

  it('sees an unprivileged cat of a trap, with its user and its tree to PID 1', async () => {
    await asIntruder('/bin/sh', ['-c', 'cat "$1"; true', 'sh', installation.trap('passwords.txt')]);
    for (const op of ['open', 'read']) {
      const record = await installation.record(`cat, ${op}`, touchOf('passwords.txt', 'cat', op));
      expect(record).toMatchObject({
        user: { name: 'nobody' },
        process: { args: ['cat', installation.trap('passwords.txt')], parent: { name: 'sh' } },
        phantom: { actor: { certainty: 'kernel' }, trap: { kind: 'passwords' }, sensor: { name: 'ebpf' } },
      });
      expect(record.phantom.actor.ancestry.map(({ pid }: { pid: number }) => pid)).toContain(process.pid);
      expect(record.phantom.actor.ancestry.at(-1).pid).toBe(1);
    }
  });

  it('sees a cp of a trap', async () => {
    await asIntruder('/bin/cp', [salary, '/dev/null']);
    await installation.record('cp, open', touchOf(basename(salary), 'cp', 'open'));
    await installation.record('cp, read', touchOf(basename(salary), 'cp', 'read'));
  });

  it('says nothing of other files in the folder, nor of a look at names', async () => {
    const before = (await installation.records()).length;
    await asIntruder('/bin/ls', ['-la', installation.trapsDir]);
    await asIntruder('/bin/cat', ['/etc/hostname']);
    await asIntruder('/bin/cat', [installation.trap('.env')]);
    await installation.record('the later touch', touchOf('.env', 'cat', 'read'));
    const later = (await installation.records()).slice(before);
    const touched = later.filter(({ event }) => event.action === 'trap-touched');
    expect(new Set(touched.map(({ file }) => file.name))).toEqual(new Set(['.env']));
  });

  it('puts the touch on record within a second of the system call', async () => {
    const touches = (await installation.records()).filter(({ event }) => event.action === 'trap-touched');
    for (const touch of touches) expect(touch.phantom.touch.latency_us).toBeLessThan(1_000_000);
    for (const touch of touches) expect(touch.event.created >= touch['@timestamp']).toBe(true);
  });

  it('has the sandbox of the incident running', async () => {
    const touch = await installation.record('the touch by cat', touchOf('passwords.txt', 'cat', 'open'));
    incident = touch.phantom.incident.id;
    const started = await installation.record(
      'its sandbox',
      ({ event, phantom }) => event.action === 'sandbox-started' && phantom.incident.id === incident,
    );
    expect(started.container.name).toBe(`phantom_forensics_${incident}`);
    expect((await docker.getContainer(started.container.name).inspect()).State.Running).toBe(true);
  });

  it('shows nothing of the evidence inside the sandbox, where an intruder may be root', async () => {
    const container = `phantom_forensics_${incident}`;
    const { stdout } = await execa('docker', ['exec', '-u', '0', container, 'cat', '/proc/self/mountinfo']);
    expect(stdout).not.toContain(incident);
    const { HostConfig } = await docker.getContainer(container).inspect();
    const sources = (HostConfig.Mounts ?? []).map(({ Source }) => Source);
    expect(sources).toEqual(['/usr']);
  });

  it('keeps registry, evidence and log from other users', async () => {
    for (const path of [
      installation.stateDir,
      join(installation.stateDir, 'registry.json'),
      installation.log,
    ])
      expect((await stat(path)).mode & 0o077, path).toBe(0);
  });

  it('leaves no secret of a trap in the audit log', async () => {
    const registry = JSON.parse(await readFile(join(installation.stateDir, 'registry.json'), 'utf8'));
    const log = await readFile(installation.log, 'utf8');
    for (const { secrets } of registry.traps)
      for (const { value } of secrets) expect(log).not.toContain(value);
  });

  it('ends in order on SIGTERM: no container, no bpftrace, a chain that verifies', async () => {
    expect(await daemon.stop()).toBe(0);
    expect(await containersOf(incident)).toEqual([]);
    await until('bpftrace to be gone', () => processesWith(join(installation.stateDir, 'run')).length === 0);
    const actions = (await installation.records()).map(({ event }) => event.action);
    expect(actions.at(-1)).toBe('daemon-stopped');
    expect(actions).toContain('incident-closed');
    expect(actions).toContain('sandbox-stopped');
    const { exitCode, stdout } = await installation.command('verify');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('intact')]);
  });

  it('keeps its traps over a restart and watches them again', async () => {
    const before = await readFile(installation.trap('passwords.txt'));
    daemon = await installation.start(['--sensor=ebpf']);
    expect(await readFile(installation.trap('passwords.txt'))).toEqual(before);
    await asIntruder('/usr/bin/tail', ['-n1', installation.trap('passwords.txt')]);
    await installation.record('tail, open', touchOf('passwords.txt', 'tail', 'open'));
  });
});
