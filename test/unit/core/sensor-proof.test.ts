import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/core/actor.js';
import type { Toucher } from '../../../src/core/ports/toucher.js';
import { recordTo } from '../../../src/core/record.js';
import { SensorProof } from '../../../src/core/sensor-proof.js';
import type { Touch } from '../../../src/core/touch.js';
import { FakeAuditLog, FakeDiagnostics } from '../../support/core-fakes.js';
import { FakeClock, settled } from '../../support/fake-clock.js';
import { passwords } from '../../support/touches.js';

const daemonPid = 100;

class FakeToucher implements Toucher {
  pid = 500;
  read = true;
  readonly touched: string[] = [];

  touch(path: string) {
    this.touched.push(path);
    return { pid: this.pid, ended: Promise.resolve(this.read) };
  }
}

let clock: FakeClock;
let audit: FakeAuditLog;
let toucher: FakeToucher;
let restarts: string[];
let proof: SensorProof;

beforeEach(() => {
  clock = new FakeClock();
  audit = new FakeAuditLog([]);
  toucher = new FakeToucher();
  restarts = [];
  proof = new SensorProof(
    { name: 'ebpf', restart: (reason) => restarts.push(reason) },
    {
      intervalMs: 60_000,
      patienceMs: 5000,
      daemonPid,
      toucher,
      record: recordTo(audit, new FakeDiagnostics()),
      clock,
      traps: () => [passwords],
    },
  );
  proof.start();
});

function touchOf(pid: number, parent: number, certainty: Actor['certainty'] = 'kernel'): Touch {
  const actor: Actor = { certainty, process: { pid }, ancestors: [{ pid: parent }, { pid: 1 }] };
  return { trapId: passwords.id, op: 'read', atNs: clock.nowNs(), actor };
}

describe('proof of the sensor', () => {
  it('puts on record that its own touch came through', async () => {
    await clock.advance(60_000);
    await settled();
    expect(proof.claims(touchOf(500, daemonPid))).toBe(true);
    await settled();
    expect(audit.actions).toEqual(['sensor-proven']);
    expect(restarts).toEqual([]);
  });

  it('says that the sensor is blind and restarts it when nothing comes', async () => {
    await clock.advance(60_000);
    await settled();
    await clock.advance(5000);
    await settled();
    expect(audit.actions).toEqual(['sensor-blind']);
    expect(restarts).toHaveLength(1);
  });

  it.each([
    ['of another process', 501, daemonPid, 'kernel'],
    ['of a process with the same number and another parent', 500, 777, 'kernel'],
    ['whose actor is only guessed', 500, daemonPid, 'guess'],
  ] as const)('leaves a touch %s to be an incident', async (_, pid, parent, certainty) => {
    await clock.advance(60_000);
    await settled();
    expect(proof.claims(touchOf(pid, parent, certainty))).toBe(false);
  });

  it('claims nothing before it touched', () => {
    expect(proof.claims(touchOf(500, daemonPid))).toBe(false);
  });

  it('proves nothing by a trap that could not be read', async () => {
    toucher.read = false;
    await clock.advance(60_000);
    await settled();
    await clock.advance(5000);
    await settled();
    expect(audit.actions).toEqual([]);
  });

  it('goes on from time to time until it is stopped', async () => {
    for (const _ of [1, 2, 3]) {
      await clock.advance(60_000);
      await settled();
      proof.claims(touchOf(500, daemonPid));
      await settled();
    }
    proof.stop();
    await clock.advance(600_000);
    expect(toucher.touched).toHaveLength(3);
  });
});
