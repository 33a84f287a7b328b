import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { asIntruder } from './intruder.js';
import { type AuditRecord, Installation, type PhantomdRun } from './phantomd.js';

const nobody = { uid: 65_534, gid: 65_534, cwd: '/', reject: false, stdin: 'ignore' } as const;

describeWith(['root'], 'phantomd with the fanotify sensor', () => {
  let installation: Installation;
  afterEach(() => installation.remove());

  async function start(containment: 'observe' | 'deny'): Promise<PhantomdRun> {
    const response = { sandbox: false, containment };
    installation = await Installation.make({ response, sensor: { kind: 'fanotify' } });
    return installation.start(['--sensor=fanotify']);
  }

  const touch = (op: string) => (record: AuditRecord) =>
    record.event.action === 'trap-touched' && record.phantom.touch.op === op;

  it('names a reader that is nobody, with its tree to PID 1', async () => {
    await start('observe');
    expect(await asIntruder('/bin/cat', [installation.trap('passwords.txt')])).not.toBe('');
    const record = await installation.record('the reading', touch('read'));
    expect(record).toMatchObject({
      file: { path: installation.trap('passwords.txt') },
      process: { name: 'cat', args: ['/bin/cat', installation.trap('passwords.txt')] },
      user: { id: '65534' },
      phantom: { actor: { certainty: 'kernel' } },
    });
    expect(record.process.parent.pid).toBe(process.pid);
    const tree: number[] = record.phantom.actor.ancestry.map(({ pid }: AuditRecord) => pid);
    expect(tree[0]).toBe(process.pid);
    expect(tree.at(-1)).toBe(1);
  });

  it('refuses an intruder who is to be denied, and records the refusal and no opening', async () => {
    await start('deny');
    const path = installation.trap('passwords.txt');
    const { exitCode, stdout, stderr } = await execa('/bin/cat', [path], { ...nobody, env: { LC_ALL: 'C' } });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('Operation not permitted');
    const record = await installation.record('the refusal', touch('denied'));
    expect(record).toMatchObject({ file: { path }, process: { name: 'cat' }, user: { id: '65534' } });
    // The files are whole: it is the sensor that refuses.
    await installation.stop();
    expect((await execa('/bin/cat', [path], nobody)).stdout).not.toBe('');
    expect((await installation.records()).filter(touch('open'))).toEqual([]);
  });

  it('lets go whom it holds when it is killed', async () => {
    const daemon = await start('deny');
    const path = installation.trap('passwords.txt');
    // One that is stopped answers nobody: the kernel holds whoever comes.
    daemon.kill('SIGSTOP');
    await until('the stop', async () => (await stateOf(daemon.pid)) === 'T');
    const reader = execa('/bin/cat', [path], nobody);
    let isOver = false;
    void reader.finally(() => {
      isOver = true;
    });
    await until('the held reader', async () => {
      return (await readFile(`/proc/${reader.pid}/wchan`, 'utf8')).includes('fanotify');
    });
    expect(isOver).toBe(false);
    daemon.kill('SIGKILL');
    await daemon.end();
    expect(await reader).toMatchObject({ exitCode: 0, stdout: (await readFile(path, 'utf8')).trimEnd() });
  });

  it('tells how long it stood still, and names who waited meanwhile', async () => {
    const daemon = await start('observe');
    daemon.kill('SIGSTOP');
    await until('the stop', async () => (await stateOf(daemon.pid)) === 'T');
    const reader = execa('/bin/cat', [installation.trap('passwords.txt')], nobody);
    // What is told is a time: there is nothing else to wait for.
    await new Promise((resolve) => setTimeout(resolve, 4500));
    daemon.kill('SIGCONT');
    expect((await reader).exitCode).toBe(0);
    const gap = await installation.action('sensor-gap');
    expect(gap.event.reason).toMatch(/^the daemon stood still for [3-9] s$/);
    expect((await installation.record('the opening', touch('open'))).process.pid).toBe(reader.pid);
    expect((await installation.records()).map(({ event }) => event.action)).not.toContain('sensor-lost');
  });
});

/** The letter of /proc/PID/stat; a name with blanks or brackets does not matter. */
async function stateOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2)[0];
}
