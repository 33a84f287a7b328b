import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

const readers = 600;

describeWith(['root', 'bpf', 'bpftrace'], 'a flood of readers', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.make({ response: { sandbox: false } });
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
    expect(closed.phantom.incident).toMatchObject({ touches: 2 * (readers + 1), traps: 2 });
    const actions = new Set((await installation.records()).map(({ event }) => event.action));
    expect(actions).not.toContain('sensor-lost');
    expect(actions).not.toContain('sensor-gap');
  });
});
