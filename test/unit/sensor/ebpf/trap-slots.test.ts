import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Trap } from '../../../../src/core/trap.js';
import { firstTrapSlot, maxSlot } from '../../../../src/sensor/ebpf/registration.js';
import { type Slot, TrapSlots } from '../../../../src/sensor/ebpf/trap-slots.js';
import { passwords } from '../../../support/touches.js';

describe('trap slots', () => {
  let folder: string;
  let slots: TrapSlots;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phantom-slots-'));
    slots = new TrapSlots();
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function plant(name: string): Promise<Trap> {
    const path = join(folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, '');
    return { ...passwords, id: name, path };
  }
  const folders = (some: readonly Slot[]) => some.filter(({ kind }) => kind === 'folder');

  it('gives each trap a number of its own, never one of a trap that was just removed', async () => {
    await writeFile(join(folder, 'other'), '');
    const [one, two] = [await plant('one'), await plant('two')];
    const [first, second] = slots.add([one, two]);
    expect([first?.number, second?.number]).toEqual([firstTrapSlot, firstTrapSlot + 1]);
    expect(slots.remove([one]).map(({ number }) => number)).toEqual([firstTrapSlot]);
    expect(slots.get(firstTrapSlot)).toBeUndefined();
    expect(slots.add([one])[0]?.number).toBe(firstTrapSlot + 2);
    expect(slots.get(firstTrapSlot + 1)?.trap).toBe(two);
  });

  it('gives a number again a minute after the script forgot it, the oldest first', async () => {
    let nowMs = 0;
    slots = new TrapSlots(() => nowMs);
    await writeFile(join(folder, 'other'), '');
    const traps = [await plant('one'), await plant('two'), await plant('three')];
    const numbers = slots.add(traps).map(({ number }) => number);
    slots.remove(traps);
    expect(slots.leaving.map(({ number }) => number)).toEqual(numbers);
    nowMs = 100_000;
    const take = (name: string) =>
      slots.add([{ ...passwords, id: name, path: join(folder, name) }])[0]?.number;
    expect(take('a')).toBe(firstTrapSlot + 3);
    slots.forgotten(numbers[1] as number);
    nowMs += 1000;
    slots.forgotten(numbers[0] as number);
    slots.forgotten(firstTrapSlot + 3);
    nowMs += 59_000;
    expect(slots.leaving).toEqual([{ number: numbers[2] }]);
    expect([take('b'), take('c')]).toEqual([numbers[1], firstTrapSlot + 4]);
    nowMs += 1000;
    expect([take('d'), take('e')]).toEqual([numbers[0], firstTrapSlot + 5]);
  });

  it('adds no trap twice, and removes none that it does not know', async () => {
    const one = await plant('one');
    slots.add([one]);
    expect(slots.add([one])).toEqual([]);
    slots.remove([one]);
    expect(slots.remove([one])).toEqual([]);
  });

  it('watches a folder that holds nothing but traps, once', async () => {
    const traps = [await plant('aws/credentials'), await plant('aws/config')];
    const [watched, ...more] = folders(slots.add(traps));
    expect(watched).toMatchObject({ path: join(folder, 'aws'), trap: traps[0] });
    expect(more).toEqual([]);
  });

  it('watches a folder whose traps do not have their names yet', async () => {
    const [one, two] = [await plant('aws/.one-new'), await plant('aws/.two-new')];
    const traps = [one, two].map((trap, index) => ({ ...trap, path: join(folder, 'aws', `${index}`) }));
    const nowAt = ({ id }: Trap) => join(folder, id);
    expect(folders(slots.add(traps, nowAt))).toMatchObject([{ path: join(folder, 'aws') }]);
  });

  it('says before anything is made that there is no room for so many', async () => {
    slots.add([await plant('one')]);
    slots.expect(maxSlot - firstTrapSlot - 1);
    expect(() => slots.expect(maxSlot - firstTrapSlot + 1)).toThrow(RangeError);
  });

  it('watches no folder where there is something else to look for', async () => {
    await plant('home/notes.txt');
    expect(folders(slots.add([await plant('home/passwords.txt')]))).toEqual([]);
  });

  it('compares names of folders that are no plain text', async () => {
    const name = 'кот %41';
    await plant(`${name}/x`);
    const { toPrintable } = await import('../../../../src/core/printable.js');
    const path = toPrintable(Buffer.from(join(folder, name, 'x')));
    expect(folders(slots.add([{ ...passwords, id: 'x', path }]))).toHaveLength(1);
  });

  it('watches no folder that is not there', () => {
    expect(folders(slots.add([{ ...passwords, path: join(folder, 'gone', 'x') }]))).toEqual([]);
  });

  it('hands a folder on to another trap in it when its own is removed, under the same number', async () => {
    const traps = [await plant('aws/credentials'), await plant('aws/config')];
    const [watched] = folders(slots.add(traps));
    expect(folders(slots.remove(traps.slice(0, 1)))).toEqual([]);
    expect(slots.get(watched?.number as number)).toEqual({ ...watched, trap: traps[1] });
    expect(folders(slots.remove(traps.slice(1)))).toHaveLength(1);
    expect(slots.all).toEqual([]);
    expect(folders(slots.add(traps))).toHaveLength(1);
  });

  it('says so when the kernel has no room for more', () => {
    const many = Array.from({ length: maxSlot }, (_, index) => ({
      ...passwords,
      id: `${index}`,
      path: '/nowhere/x',
    }));
    expect(() => slots.add(many)).toThrow(RangeError);
  });
});
