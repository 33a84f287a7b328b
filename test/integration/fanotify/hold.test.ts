import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Touch } from '../../../src/core/touch.js';
import type { FanotifySensor, FanotifySensorOptions } from '../../../src/sensor/fanotify/fanotify-sensor.js';
import { detached, end, stateOf } from '../../support/detached.js';
import { ignoringListener } from '../../support/ignoring-listener.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { realSensor } from './real-sensor.js';

const read = `for (1, 2) { open(my $f, '<', $ARGV[0]) or die; sysread($f, my $x, 7) or die; print "got $x"; }`;

describeWith(['root', 'perl'], 'openers that fanotify holds', () => {
  let folder: string;
  let path: string;
  let sensor: FanotifySensor;
  let touches: Touch[];
  const started: number[] = [];
  beforeEach(async () => {
    // Not in /tmp: no program in a folder that everybody can write is exempt.
    folder = await mkdtemp('/opt/fanotify-hold-');
    await mkdir(join(folder, 'traps'));
    path = join(folder, 'traps', 'key');
    await writeFile(path, 'secret\n');
    touches = [];
  });
  afterEach(async () => {
    for (const pid of started.splice(0)) end(pid);
    await sensor.disarm();
    await rm(folder, { recursive: true });
  });

  const said = () => readFile(join(folder, 'output'), 'latin1').catch(() => '');
  async function arm(more: Partial<FanotifySensorOptions>): Promise<void> {
    sensor = realSensor(join(folder, 'state'), more);
    const listener = { ...ignoringListener, touched: (touch: Touch) => void touches.push(touch) };
    await sensor.arm([{ id: 'key', kind: 'test', path, sha256: '', size: 7 }], listener);
  }
  async function start(program = 'perl'): Promise<number> {
    const script = `exec($ARGV[1], '-e', '${read.replaceAll("'", '"').replace('got $x', 'got " . $x . "')}', $ARGV[0])`;
    const pid = await detached(script, join(folder, 'output'), [path, program]);
    started.push(pid);
    return pid;
  }
  const held = (pid: number) =>
    touches.filter((touch) => touch.actor.process?.pid === pid && touch.held !== undefined);

  it('stand still before they have a byte, once only when they are inspected', async () => {
    await arm({ contain: 'inspect' });
    const pid = await start();
    await until('it stands still', () => stateOf(pid) === 'T');
    expect(await said()).toBe('');
    await until('it is told', () => held(pid).length > 0);
    expect(held(pid)[0]).toMatchObject({ op: 'open', held: 'stopped' });
    end(pid, 'SIGCONT');
    await until('it ends by itself', () => stateOf(pid) === undefined);
    expect(await said()).toBe('got secret\ngot secret\n');
    expect(held(pid)).toHaveLength(1);
  });

  it('stand still at each access when they are frozen, until they are spared', async () => {
    await arm({ contain: 'freeze' });
    const pid = await start();
    await until('it stands still', () => stateOf(pid) === 'T');
    end(pid, 'SIGCONT');
    await until('its second stop is told', () => held(pid).some(({ op }) => op === 'read'));
    await until('it stands still again', () => stateOf(pid) === 'T');
    expect(await said()).toBe('');
    sensor.spare(pid);
    end(pid, 'SIGCONT');
    await until('it ends by itself', () => stateOf(pid) === undefined);
    expect(await said()).toBe('got secret\ngot secret\n');
  });

  it('end before they have a byte when they are killed, unless their program is exempt', async () => {
    const known = join(folder, 'known');
    await copyFile('/usr/bin/perl', known);
    await arm({ contain: 'kill', exemptions: [{ name: 'known', executable: known }] });
    const pid = await start();
    await until('it is gone', () => stateOf(pid) === undefined);
    await until('it is told', () => held(pid).length > 0);
    expect(held(pid)[0]).toMatchObject({ held: 'killed' });
    expect(await said()).toBe('');
    const spared = await start(known);
    await until('it ends by itself', () => stateOf(spared) === undefined);
    expect(await said()).toBe('got secret\ngot secret\n');
    await until('its touch is told', () => touches.some(({ actor }) => actor.process?.pid === spared));
    expect(held(spared)).toEqual([]);
  });
});
