import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newNonce, prefixes, type Registrar } from '../../../../src/sensor/ebpf/registration.js';
import { Registrations } from '../../../../src/sensor/ebpf/registrations.js';
import type { TrapInodes } from '../../../../src/sensor/ebpf/trap-inodes.js';
import type { Slot } from '../../../../src/sensor/ebpf/trap-slots.js';
import { type HeldInode, holdInode } from '../../../../src/sensor/marks/marked-inode.js';
import { passwords } from '../../../support/touches.js';

/** Keeps what it was asked; files that are gone cannot be registered. */
class FakeRegistrar implements Pick<Registrar, 'registerHeld' | 'forget'>, Pick<TrapInodes, 'hold'> {
  readonly asked: string[] = [];
  readonly gone = new Set<string>();

  hold({ path }: Slot): HeldInode {
    if (this.gone.has(path)) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
    return holdInode(Buffer.from('/'), 'folder');
  }

  registerHeld(_held: number, slot: number): void {
    this.asked.push(`register ${slot}`);
  }

  forget(_carrier: number, slot: number): void {
    this.asked.push(`forget ${slot}`);
  }
}

const slot = (number: number, kind: Slot['kind'] = 'file'): Slot => ({
  number,
  kind,
  trap: { ...passwords, id: `${number}` },
  path: `/srv/${number}`,
});

describe('registrations', () => {
  let registrar: FakeRegistrar;
  let registrations: Registrations;
  let folder: string;
  let carrier: string;
  beforeEach(async () => {
    registrar = new FakeRegistrar();
    registrations = new Registrations(registrar as unknown as Registrar, registrar);
    folder = await mkdtemp(join(tmpdir(), 'phantom-registrations-'));
    carrier = join(folder, 'probe');
    await writeFile(carrier, '');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is complete when the kernel acknowledged each, not before', async () => {
    registrations.want([slot(2), slot(3)]);
    await registrations.register();
    expect(registrations.complete()).toBe(false);
    registrations.acknowledged(2);
    expect(registrations.complete([slot(2)])).toBe(true);
    expect(registrations.complete()).toBe(false);
    registrations.acknowledged(3);
    expect(registrations.complete()).toBe(true);
  });

  it('asks again for those that were not acknowledged, and for no other', async () => {
    registrations.want([slot(2), slot(3)]);
    await registrations.register();
    registrations.acknowledged(2);
    await registrations.register();
    expect(registrar.asked).toEqual(['register 2', 'register 3', 'register 3']);
  });

  it('names the traps that cannot be registered, and waits for them no longer', async () => {
    for (const path of ['/srv/2', '/srv/3']) registrar.gone.add(path);
    registrations.want([slot(2), slot(3, 'folder'), slot(4)]);
    expect(await registrations.register()).toEqual([
      { slot: slot(2), reason: 'ENOENT' },
      { slot: slot(3, 'folder'), reason: 'ENOENT' },
    ]);
    expect(await registrations.register()).toEqual([]);
    expect(registrations.complete([slot(2), slot(3)])).toBe(true);
    expect(registrations.complete()).toBe(false);
  });

  it('forgets also what it still waited for', async () => {
    registrations.want([slot(2), slot(3)]);
    registrations.forget(carrier, [slot(2)]);
    await registrations.register();
    expect(registrar.asked).toEqual(['forget 2', 'register 3']);
  });

  it('lets other things happen between many', async () => {
    registrations.want(Array.from({ length: 1000 }, (_, index) => slot(index + 2)));
    let turns = 0;
    const turn = () => {
      turns += 1;
      setImmediate(turn);
    };
    setImmediate(turn);
    await registrations.register();
    expect(turns).toBeGreaterThanOrEqual(3);
    expect(registrar.asked).toHaveLength(1000);
  });
});

describe('messages to the script', () => {
  it('are different for each kind and each run, and no offset that a program locks by chance', () => {
    const all = [...Object.values(prefixes(7n)), ...Object.values(prefixes(8n))];
    expect(new Set(all).size).toBe(14);
    for (const prefix of all) {
      const position = prefix << 24n;
      expect(position >= 1n << 62n && position < 1n << 63n).toBe(true);
    }
  });

  it('have a nonce of 35 bits', () => {
    const nonces = Array.from({ length: 50 }, newNonce);
    expect(new Set(nonces).size).toBe(50);
    for (const nonce of nonces) expect(nonce >> 35n).toBe(0n);
  });
});
