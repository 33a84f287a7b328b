import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

const readers = 600;

/** Several processes that open and read one file as fast as they can for so many seconds, and say how often. */
const floodOfReaders = `
  my ($path, $seconds, $processes) = @ARGV;
  for (1 .. $processes) {
    next if fork;
    my ($end, $count, $bytes) = (time + $seconds, 0);
    while (time < $end) {
      open(my $file, "<", $path) or die;
      sysread($file, $bytes, 1) == 1 or die;
      $count++;
    }
    syswrite(STDOUT, "$count\n");
    exit;
  }
  1 while wait > 0;
`;
const loops = 4;

describeWith(['root', 'bpf', 'bpftrace', 'perl'], 'a flood of readers', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.make({ response: { sandbox: false, containment: 'observe' } });
  });
  afterEach(() => installation.remove());

  it('blinds no sensor, hides no other trap, and is counted to the last touch', async () => {
    const daemon = await installation.start(['--sensor=ebpf']);
    const loop = 'for i in $(seq "$1"); do cat "$2"; done >/dev/null; cat "$3"';
    const traps = [installation.trap('passwords.txt'), installation.trap('.env')];
    await asIntruder('/bin/sh', ['-c', loop, 'sh', String(readers), ...traps]);
    await installation.record(
      'the one touch of another trap',
      ({ event, file }) => event.action === 'trap-touched' && file.name === '.env',
    );
    expect(await daemon.stop()).toBe(0);
    const closed = await installation.action('incident-closed');
    // An open and a read each.
    const made = 2 * (readers + 1);
    const { touches, traps: touched } = closed.phantom.incident;
    expect(touched).toBe(2);
    const actions = new Set((await installation.records()).map(({ event }) => event.action));
    expect(actions).not.toContain('sensor-lost');
    // Somebody else who changed BPF maps meanwhile kept hooks from running: then that is on record.
    if (!actions.has('sensor-gap')) expect(touches).toBe(made);
    else expect(touches).toBeGreaterThan(0.9 * made);
  });

  it('of processes that never end is counted in the kernel, in bounded memory', async () => {
    const daemon = await installation.start(['--sensor=ebpf']);
    const args = ['-e', floodOfReaders, installation.trap('passwords.txt'), '5', String(loops)];
    const said = await asIntruder('/usr/bin/perl', args);
    const times = said.split('\n').map(Number);
    expect(times).toHaveLength(loops);
    expect(peakMegabytes(daemon.pid)).toBeLessThan(250);
    expect(await daemon.stop()).toBe(0);
    const records = await installation.records();
    const ofAction = (action: string) => records.filter(({ event }) => event.action === action);
    // The first of each process with each operation has a record, and no other.
    expect(ofAction('trap-touched')).toHaveLength(2 * loops);
    const [closed, ...more] = ofAction('incident-closed');
    expect(more).toEqual([]);
    const made = 2 * times.reduce((sum, count) => sum + count, 0);
    const { touches } = closed.phantom.incident;
    if (ofAction('sensor-gap').length === 0) expect(touches).toBe(made);
    else expect(touches).toBeLessThanOrEqual(made);
    expect(touches).toBeGreaterThan(made / 2);
  });
});

/** Most memory that a process had at one time. */
function peakMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
