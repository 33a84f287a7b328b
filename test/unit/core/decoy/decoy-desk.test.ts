import { beforeEach, describe, expect, it } from 'vitest';
import { BroughtFiles } from '../../../../src/core/decoy/brought-files.js';
import { DecoyDesk } from '../../../../src/core/decoy/decoy-desk.js';
import type { GuestListener } from '../../../../src/core/decoy/guest.js';
import type { Visit } from '../../../../src/core/decoy/visit.js';
import { Incident } from '../../../../src/core/incident.js';
import { recordTo } from '../../../../src/core/record.js';
import { SandboxKeeper } from '../../../../src/core/sandbox-keeper.js';
import {
  FakeAuditLog,
  FakeDiagnostics,
  FakeEvidence,
  FakeSandbox,
  FakeSandboxJournal,
  FakeSessionRecorder,
} from '../../../support/core-fakes.js';
import { FakeClock, settled } from '../../../support/fake-clock.js';
import { passwords } from '../../../support/touches.js';

function house() {
  const journal: string[] = [];
  const clock = new FakeClock();
  const audit = new FakeAuditLog(journal);
  const sandbox = new FakeSandbox(journal);
  const evidence = new FakeEvidence(journal);
  const diagnostics = new FakeDiagnostics();
  const record = recordTo(audit, diagnostics);
  const sandboxes = new SandboxKeeper({
    sandbox,
    journal: new FakeSandboxJournal(),
    clock,
    diagnostics,
    timeToLiveMs: 900_000,
    idleMs: 300_000,
    maxRunning: 2,
    retryMs: 10_000,
    record,
  });
  const incidents = new Map<string, Incident>();
  const seen: string[] = [];
  const desk = new DecoyDesk({
    book: {
      fileLogin: ({ ip, atNs }) => {
        const opened = !incidents.has(ip);
        const incident = incidents.get(ip) ?? new Incident(`i-${ip}`, `visitor:${ip}`, atNs);
        incidents.set(ip, incident);
        return { incident, opened };
      },
      seen: ({ id }) => void seen.push(id),
    },
    record,
    clock,
    recorder: new FakeSessionRecorder(journal),
    brought: new BroughtFiles({ sandbox, evidence, record, clock, diagnostics, mostBytes: 1024 }),
    sandboxes,
    login: (id) =>
      id.startsWith('known') ? { trap: passwords, user: 'mkeller', persona: 'Keller Logistik' } : undefined,
    run: (id, request, listener) => sandbox.run(id, request, listener),
  });
  return { journal, clock, audit, sandbox, evidence, sandboxes, desk, seen };
}

const from = (ip: string, id = 1): Visit => ({
  id,
  service: 'ssh',
  remote: { ip, port: 40_000 },
  local: { ip: '127.0.0.1', port: 2222 },
  atNs: 1_763_848_230_000_000_000n,
});
const visit = from('192.0.2.1');

function silent(journal: string[]): GuestListener {
  return {
    output: (stream, bytes) => void journal.push(`seen ${stream} ${Buffer.from(bytes).toString()}`),
    inputFull: () => {},
    exited: ({ code }) => void journal.push(`seen exit ${code}`),
  };
}

describe('decoy desk', () => {
  let fixture = house();
  beforeEach(() => {
    fixture = house();
  });

  it('puts a login with what stands in a trap on record before the sandbox is opened', async () => {
    fixture.desk.connected(visit);
    fixture.desk.admitted(visit, 'known');
    await settled();
    expect(fixture.journal).toEqual([
      'audit decoy-connected',
      'audit incident-opened',
      'audit decoy-login',
      'sandbox start i-192.0.2.1',
      'audit sandbox-started',
    ]);
    expect(fixture.audit.events[2]).toMatchObject({
      trap: passwords,
      incident: { id: 'i-192.0.2.1' },
      decoy: { service: 'ssh', user: 'mkeller', persona: 'Keller Logistik', remote: { ip: '192.0.2.1' } },
    });
  });

  it('takes no login that it does not know, and none of a visit that is not there', async () => {
    fixture.desk.admitted(visit, 'known');
    fixture.desk.connected(visit);
    fixture.desk.admitted(visit, 'unknown');
    await settled();
    expect(fixture.audit.actions).toEqual(['decoy-connected']);
  });

  it('tells of every trap whose login is shown on one connection', async () => {
    fixture.desk.connected(visit);
    fixture.desk.admitted(visit, 'known');
    fixture.desk.admitted(visit, 'known too');
    await settled();
    expect(fixture.audit.actions.filter((action) => action === 'decoy-login')).toHaveLength(2);
    expect(fixture.audit.actions.filter((action) => action === 'incident-opened')).toHaveLength(1);
  });

  it('sums up a flood of somebody who has a login', async () => {
    for (let id = 0; id < 10_000; id += 1) {
      const one = from('192.0.2.1', id);
      fixture.desk.connected(one);
      fixture.desk.admitted(one, 'known');
      fixture.desk.acted(one, { kind: 'command', text: 'id' });
      fixture.desk.left(one, { bytesIn: 1, bytesOut: 1, durationMs: 1 });
    }
    await fixture.desk.stop();
    const told = fixture.audit.events.filter(({ decoy }) => decoy?.visitId !== undefined);
    expect(told.length).toBeLessThan(6000);
    const [omitted] = fixture.audit.events.filter(({ action }) => action === 'decoy-omitted');
    // The first login is also told as the opening of the incident.
    expect(omitted?.decoy?.count).toBe(40_001 - told.length);
  });

  it('lets nobody in who did not log in', async () => {
    fixture.desk.connected(visit);
    const knock = fixture.desk.guest(visit, { user: 'mkeller' }, silent(fixture.journal));
    await expect(knock).rejects.toThrow('no sandbox');
    expect(fixture.sandbox.guests).toEqual([]);
  });

  it('records what a guest types and sees, and keeps what was brought, before it says that it is over', async () => {
    fixture.desk.connected(visit);
    fixture.desk.admitted(visit, 'known');
    const channel = await fixture.desk.guest(visit, { user: 'mkeller' }, silent(fixture.journal));
    const content = Buffer.from('#!/bin/sh');
    fixture.sandbox.files = [{ path: '/tmp/x', sha256: 'ab', size: 9, content }];
    channel.input(Buffer.from('id\n'));
    channel.resize(100, 40);
    fixture.sandbox.guests[0]?.output('stdout', Buffer.from('uid=1000'));
    fixture.sandbox.guests[0]?.exited({ code: 3 });
    await settled();
    await fixture.desk.stop();
    const after = fixture.journal.slice(fixture.journal.indexOf('guest mkeller in i-192.0.2.1') + 1);
    expect(after).toEqual([
      'recorded in id\n',
      'guest input id\n',
      'recorded size 100 40',
      'guest resize 100 40',
      'recorded out uid=1000',
      'seen stdout uid=1000',
      'seen exit 3',
      'recording closed 3',
      'evidence brought/ab',
      'audit file-brought',
      'audit session-ended',
    ]);
    expect(fixture.audit.events.find(({ action }) => action === 'session-started')).toMatchObject({
      decoy: { recording: 'session-1-1.cast' },
    });
  });

  it('tells one file once, however often it looks while a guest is inside', async () => {
    fixture.sandbox.files = [{ path: '/tmp/x', sha256: 'ab', size: 9 }];
    fixture.desk.connected(visit);
    fixture.desk.admitted(visit, 'known');
    await fixture.desk.guest(visit, { user: 'mkeller' }, silent(fixture.journal));
    await fixture.clock.advance(30_000);
    fixture.sandbox.guests[0]?.exited({ code: 0 });
    await fixture.desk.stop();
    expect(fixture.audit.actions.filter((action) => action === 'file-brought')).toHaveLength(1);
  });

  it('keeps a session on record that could not be begun', async () => {
    fixture.desk.connected(visit);
    fixture.desk.admitted(visit, 'known');
    await settled();
    fixture.sandbox.down = 'Docker does not answer';
    const knock = fixture.desk.guest(visit, { user: 'mkeller' }, silent(fixture.journal));
    await expect(knock).rejects.toThrow('Docker does not answer');
    await fixture.desk.stop();
    expect(fixture.audit.actions.slice(-2)).toEqual(['session-started', 'session-ended']);
    expect(fixture.audit.events.at(-1)?.message).toContain('did not come about');
  });

  it('sums up a flood of connections, and has the first of each address on record', async () => {
    for (let id = 0; id < 5000; id += 1) fixture.desk.connected(from('192.0.2.1', id));
    fixture.desk.connected(from('192.0.2.2', 5001));
    fixture.desk.turnedAway('ssh', 7);
    await fixture.desk.stop();
    const connected = fixture.audit.events.filter(({ action }) => action === 'decoy-connected');
    expect(connected.length).toBeLessThan(400);
    expect(connected.at(-1)?.decoy?.remote?.ip).toBe('192.0.2.2');
    const [omitted] = fixture.audit.events.filter(({ action }) => action === 'decoy-omitted');
    expect(omitted?.decoy?.count).toBe(5001 - connected.length + 7);
  });

  it('holds the incident and its sandbox open while something happens', async () => {
    fixture.desk.connected(visit);
    fixture.desk.admitted(visit, 'known');
    for (let minute = 0; minute < 10; minute += 1) {
      await fixture.clock.advance(60_000);
      fixture.desk.acted(visit, { kind: 'command', text: 'id' });
    }
    expect(fixture.sandbox.running.size).toBe(1);
    expect(fixture.seen.length).toBe(10);
    await fixture.clock.advance(300_000);
    expect(fixture.sandbox.running.size).toBe(0);
  });

  it('puts on record where it answers since later, and where it does not any more', async () => {
    fixture.desk.placed([
      { service: 'ssh', ip: '127.0.0.1', port: 2222 },
      { service: 'http', ip: '127.0.0.1', port: 8080, failure: 'the process for visitors ended' },
    ]);
    await settled();
    expect(fixture.audit.events).toMatchObject([
      { action: 'decoy-listening', decoy: { service: 'ssh', local: { port: 2222 } } },
      { action: 'decoy-failed', reason: 'the process for visitors ended', decoy: { service: 'http' } },
    ]);
  });
});
