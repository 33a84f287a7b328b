import { beforeEach, describe, expect, it } from 'vitest';
import { type Sensor, SensorUnavailable } from '../../../src/core/ports/sensor.js';
import type { Trap } from '../../../src/core/trap.js';
import { FirstPlanting, type FirstTraps } from '../../../src/daemon/first-planting.js';
import { FakeDiagnostics } from '../../support/core-fakes.js';
import { passwords } from '../../support/touches.js';

const old: Trap = { ...passwords, id: 'old', path: '/srv/old' };
const coming = ['one', 'two'].map((id): Trap => ({ ...passwords, id, path: `/srv/${id}` }));
const where = ({ path }: Trap) => `${path}.new`;

let happened: string[];
let known: Map<string, Trap>;
beforeEach(() => {
  happened = [];
  known = new Map([['old', old]]);
});

function sensorOf(name: Sensor['name']): Sensor {
  const names = (traps: readonly Trap[]) => traps.map(({ id }) => id).join();
  return {
    name,
    arm: async (traps) => void happened.push(`${name} watches ${names(traps)}`),
    add: async (traps, nowAt) => {
      happened.push(`adds ${traps.map((trap) => nowAt?.(trap) ?? trap.path).join()}`);
      return [];
    },
    remove: async (traps) => void happened.push(`removes ${names(traps)}`),
    spare: () => {},
    follow: () => {},
    restart: () => {},
    disarm: async () => void happened.push('disarms'),
  };
}

/** Arms as the daemon does: with the traps that this sensor is to begin with. */
function armWith(sensor: Sensor) {
  return async (firstTraps: FirstTraps, expected: number): Promise<Sensor> => {
    await sensor.arm(await firstTraps(sensor), {} as never, expected);
    return sensor;
  };
}

function firstPlanting(arm: (firstTraps: FirstTraps, expected: number) => Promise<Sensor>): FirstPlanting {
  const appearing = async () => void happened.push('they are known to the decoy');
  return new FirstPlanting({ arm, appearing, traps: known, diagnostics: new FakeDiagnostics() });
}

/** What the factory does. */
async function plantAll(planting: FirstPlanting, there: readonly Trap[] = coming): Promise<readonly Trap[]> {
  planting.found([old], coming.length);
  await planting.placing(coming, where);
  happened.push('they appear');
  await planting.left([]);
  return [old, ...there];
}

describe('the first planting of a run', () => {
  it('watches what is there at once, and what comes before it appears', async () => {
    const sensor = sensorOf('ebpf');
    const planting = firstPlanting(armWith(sensor));
    expect(await planting.run(() => plantAll(planting))).toBe(sensor);
    expect(happened).toContain('ebpf watches old');
    expect(happened.slice(-3)).toEqual(['adds /srv/one.new,/srv/two.new', 'they appear', 'removes ']);
    expect([...known.keys()]).toEqual(['old', 'one', 'two']);
  });

  it('with inotify nothing is watched before the planting ended', async () => {
    const planting = firstPlanting(armWith(sensorOf('inotify')));
    await planting.run(() => plantAll(planting));
    expect(happened).toEqual(['they are known to the decoy', 'they appear', 'inotify watches old,one,two']);
  });

  it('gives up what was said to come and did not', async () => {
    const planting = firstPlanting(armWith(sensorOf('ebpf')));
    await planting.run(() => plantAll(planting, coming.slice(1)));
    expect(happened.at(-1)).toBe('removes one');
    expect([...known.keys()]).toEqual(['old', 'two']);
  });

  it('lets nothing appear where no sensor works', async () => {
    const planting = firstPlanting(async () => {
      throw new SensorUnavailable('no sensor works here');
    });
    await expect(planting.run(() => plantAll(planting))).rejects.toThrow('no sensor works here');
    expect(happened).not.toContain('they appear');
  });

  it('is told where no sensor works although nothing was to come', async () => {
    const planting = firstPlanting(async () => {
      throw new SensorUnavailable('no sensor works here');
    });
    const run = planting.run(async () => {
      planting.found([old], 0);
      return [old];
    });
    await expect(run).rejects.toThrow(SensorUnavailable);
  });

  it('a trap that cannot be watched is a sensor that does not work, for whoever is told', async () => {
    const sensor = sensorOf('ebpf');
    sensor.add = async () => {
      throw new Error('not every trap was registered');
    };
    sensor.disarm = async () => {
      throw new Error('it does not end');
    };
    const planting = firstPlanting(armWith(sensor));
    const failed = await planting.run(() => plantAll(planting)).catch((error: unknown) => error);
    expect(failed).toEqual(new SensorUnavailable('ebpf: not every trap was registered'));
    expect(happened).not.toContain('they appear');
  });

  it.each(['ebpf', 'inotify'] as const)('leaves no %s watching when the planting fails', async (name) => {
    const planting = firstPlanting(armWith(sensorOf(name)));
    const run = planting.run(async () => {
      planting.found([old], 2);
      throw new Error('the disk is full');
    });
    await expect(run).rejects.toThrow('the disk is full');
    expect(happened).toEqual(name === 'ebpf' ? ['ebpf watches old', 'disarms'] : []);
  });
});
