import { beforeEach, expect, it } from 'vitest';
import type { Sensor } from '../../../src/core/ports/sensor.js';
import type { Trap } from '../../../src/core/trap.js';
import { LivePlanting } from '../../../src/daemon/live-planting.js';
import { FakeDiagnostics } from '../../support/core-fakes.js';
import { passwords } from '../../support/touches.js';

const coming = ['one', 'two', 'three'].map((id): Trap => ({ ...passwords, id, path: `/srv/${id}` }));
const old: Trap = { ...passwords, id: 'old', path: '/srv/one' };
let watched: Set<string>;
let known: Map<string, Trap>;
beforeEach(() => {
  watched = new Set(['old']);
  known = new Map([['old', old]]);
});

function live(name: Sensor['name']): LivePlanting {
  const sensor = {
    name,
    add: async (traps: readonly Trap[]) => {
      for (const { id } of traps) watched.add(id);
      return [];
    },
    remove: async (traps: readonly Trap[]) => {
      for (const { id } of traps) watched.delete(id);
    },
  };
  return new LivePlanting({ sensor, traps: known, diagnostics: new FakeDiagnostics() });
}
const where = ({ path }: Trap) => path;

it('watches new traps before they appear, and the old one until they are there', async () => {
  const planting = live('ebpf');
  await planting.placing(coming, where);
  expect([...watched]).toEqual(['old', 'one', 'two', 'three']);
  await planting.left([old]);
  expect([...watched]).toEqual(['one', 'two', 'three']);
});

it('with inotify it looks away as long as the daemon handles its own traps', async () => {
  const planting = live('inotify');
  await planting.begin([old]);
  await planting.placing(coming, where);
  await planting.left([old]);
  expect([...watched]).toEqual([]);
  await planting.end(coming);
  expect([...watched]).toEqual(['one', 'two', 'three']);
});

it('watches no longer what did not appear: its inode may be anybody’s file by now', async () => {
  const planting = live('ebpf');
  await planting.begin([old]);
  await planting.placing(coming, where);
  await planting.end(coming.slice(1, 2));
  expect([...watched]).toEqual(['old', 'two']);
  expect([...known.keys()]).toEqual(['old', 'two']);
});

it('a planting that announced nothing leaves everything as it is', async () => {
  for (const name of ['ebpf', 'inotify'] as const) {
    const planting = live(name);
    await planting.begin([old]);
    await planting.end([old]);
    expect([...watched]).toEqual(['old']);
  }
});
