import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { processesWith } from './host.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

describeWith(['root', 'bpf', 'bpftrace'], 'a sensor that dies', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await Installation.make({ response: { sandbox: false } });
    await installation.start(['--sensor=ebpf']);
  });
  afterAll(() => installation.remove());

  it.each([
    ['killed', 'SIGKILL'],
    ['frozen', 'SIGSTOP'],
  ] as const)('%s: the loss and the gap are on record, and touches are seen again', async (_, signal) => {
    const before = (await installation.records()).length;
    const [bpftrace] = processesWith(`${installation.stateDir}/run/sensor.bt`);
    expect(bpftrace).toBeDefined();
    process.kill(bpftrace as number, signal);
    // fanotify sees on, and names whoever lives long enough to be looked at.
    const [path, lived] = [installation.trap('passwords.txt'), `blind-${signal}`];
    const reader = asIntruder('/bin/sh', ['-c', 'read line < "$1"; sleep 3; echo $$', lived, path]);
    const later = async (action: string) =>
      until(
        action,
        async () => (await installation.records()).slice(before).find(({ event }) => event.action === action),
        // bpftrace needs its time to start on a busy host.
        60_000,
      );
    const lost = await later('sensor-lost');
    const gap = await later('sensor-gap');
    expect(lost).toMatchObject({ event: { kind: 'alert' }, phantom: { sensor: { name: 'ebpf' } } });
    const { from, to } = gap.phantom.sensor.gap;
    expect(from < lost['@timestamp']).toBe(true);
    expect(to > lost['@timestamp']).toBe(true);
    const meanwhile = await until('the touch in between', async () =>
      (await installation.records()).find(
        ({ event, process }) => event.action === 'trap-touched' && process?.args?.includes(lived),
      ),
    );
    expect(meanwhile['@timestamp'] < to).toBe(true);
    expect(meanwhile).toMatchObject({
      process: { pid: Number(await reader) },
      user: { name: 'nobody' },
      file: { path },
      phantom: { sensor: { name: 'ebpf' }, actor: { certainty: 'kernel' } },
    });
    const name = `reader-${signal}`;
    await asIntruder('/bin/sh', ['-c', 'exec -a "$1" cat "$2"', 'bash', name, installation.trap('.env')]);
    await asIntruder('/bin/cat', [installation.trap('.env')]);
    await later('trap-touched');
  });
});
