import { readFileSync } from 'node:fs';
import { EcsFlat, EcsVersion } from '@elastic/ecs';
import { describe, expect, it } from 'vitest';
import { EcsRecorder, ecsVersion } from '../../../src/audit/ecs-record.js';
import type { ActorDetails } from '../../../src/core/actor-details.js';
import { type AuditAction, auditCatalogue } from '../../../src/core/audit-catalogue.js';
import type { AuditEvent } from '../../../src/core/audit-event.js';
import { passwords, touch } from '../../support/touches.js';

const atNs = 1_763_848_230_123_456_789n;
const recorder = new EcsRecorder({
  hostName: 'web1',
  version: '0.0.0',
  nowNs: () => atNs + 1_500_000n,
  bootedAtNs: () => atNs - 3_600_000_000_000n,
});

const address = { ip: '203.0.113.9', port: 50_022 };
const details: ActorDetails = {
  state: 'alive',
  actor: touch().actor,
  laterExecutable: '/usr/bin/vim',
  program: { device: 2_049n, inode: 77n, size: 35_000, sha256: 'cd'.repeat(32), notHashed: 'EIO' },
  root: '/',
  namespacePid: 1,
  environment: { items: ['HOME=/root', 'DB_PASSWORD=***'], omitted: 3 },
  files: { items: [{ descriptor: 0, path: '/dev/null' }], omitted: 2 },
  sockets: {
    items: [
      { descriptor: 3, protocol: 'tcp', local: address, remote: address, state: 'established' },
      { descriptor: 4, protocol: 'unix', path: '/run/x' },
    ],
    omitted: 1,
  },
  systemdUnit: 'ssh.service',
  systemdUserUnit: 'app.service',
  systemdSlice: 'system.slice',
  container: { id: 'ab'.repeat(32), runtime: 'docker' },
  foreignNamespaces: ['pid'],
  capabilities: ['CAP_SYS_ADMIN'],
  seccomp: 'filter',
  noNewPrivileges: true,
  login: { ...address, sshdPid: 700 },
  claimedLogin: { ip: '198.51.100.1', port: 1 },
};

/** Every field that is of a decoy service. */
const decoy: AuditEvent = {
  action: 'decoy-login',
  atNs,
  message: 'what happened',
  incident: { id: '20251122-215030-7f3ac2', openedAtNs: atNs, touches: 3, traps: 2, logins: 1 },
  brought: { path: '/tmp/x', sha256: 'ab'.repeat(32), size: 12 },
  decoy: {
    service: 'ssh',
    visitId: 7,
    remote: address,
    local: { ip: '127.0.0.1', port: 2222 },
    user: 'mkeller',
    method: 'password',
    persona: 'Keller Logistik',
    act: { kind: 'command', text: 'id', cut: true },
    sum: { bytesIn: 1, bytesOut: 2, durationMs: 1500.4 },
    recording: 'session-7-1.cast',
    exit: { code: 0, signal: 'KILL' },
    count: 12,
  },
  response: { engine: 'docker', container: 'phantom_forensics_x', warm: true },
};

/** An event that fills every field a record can have. */
function fullEvent(action: AuditAction): AuditEvent {
  if (/^(decoy|session|file)-/.test(action)) return { ...decoy, action };
  if (action.startsWith('redirect-')) return { action, atNs, message: 'what happened', source: '192.0.2.1' };
  return {
    action,
    atNs,
    message: 'what happened',
    outcome: 'failure',
    reason: 'ENOSPC',
    incident: { id: '20251122-215030-7f3ac2', openedAtNs: atNs, closedAtNs: atNs, touches: 3, traps: 2 },
    trap: passwords,
    touch: touch({
      atNs,
      count: 12,
      destination: '/tmp/copy',
      actor: {
        ...touch().actor,
        cgroupId: 18_446_744_073_709_551_615n,
        cgroup: '/system.slice/ssh.service',
        namespaces: { pid: 4_026_531_836, mnt: 4_026_531_832 },
        executableFile: { device: 2_049n, inode: 18_446_744_073_709_551_615n },
        process: {
          ...(touch().actor.process as object),
          pid: 812,
          executable: '/usr/bin/cat',
          args: ['cat', 'passwords.txt'],
          workingDirectory: '/srv',
          gid: 33,
          effectiveUid: 0,
          effectiveGid: 0,
        },
        threadId: 812,
        loginUid: 1000,
        auditSession: 7,
        tty: 'pts0',
      },
    }),
    details,
    sensor: { name: 'ebpf', lost: 3, gapFromNs: atNs, gapToNs: atNs },
    response: {
      engine: 'docker',
      container: 'phantom_forensics_x',
      containerId: 'c0ffee',
      image: 'm',
      tookMs: 300,
    },
    exemption: { name: 'nightly backup' },
  };
}

/** Dotted names of all leaves; arrays count as their elements, as in Elasticsearch. */
function leaves(value: unknown, name = ''): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((element) => leaves(element, name));
  if (typeof value !== 'object' || value === null) return [[name, value]];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, name === '' ? key : `${name}.${key}`));
}

/** `phantom.x.y`, `.z` in the first cell of a row: the second stands for `phantom.x.z`. */
function documentedFields(page: string): string[] {
  return page.split('\n').flatMap((line) => {
    const names = [...(line.split(' | ')[0] ?? '').matchAll(/`([a-z_.[\]]+)`/g)].map(
      ([, name]) => name ?? '',
    );
    const first = (names[0] ?? '').replace('[]', '');
    if (!line.startsWith('| `phantom.')) return [];
    return [first, ...names.slice(1).map((name) => first.replace(/\.[a-z_]+$/, name.replace('[]', '')))];
  });
}

const actions = Object.keys(auditCatalogue) as AuditAction[];
const ecs = EcsFlat as Record<
  string,
  { type: string; allowed_values?: { name: string; expected_event_types?: string[] }[] }
>;

describe('ECS record', () => {
  it('names the version of the schema that it is checked against', () => {
    expect(ecsVersion).toBe(EcsVersion);
  });

  it.each(actions)('%s uses only fields of ECS, with their types, and phantom.*', (action) => {
    for (const [name, value] of leaves(recorder.toRecord(fullEvent(action)))) {
      if (name.startsWith('phantom.')) continue;
      expect(Object.keys(ecs), `field ${name}`).toContain(name);
      const type = ecs[name]?.type;
      expect(typeof value, `type of ${name} (${type})`).toBe(
        type === 'long' || type === 'float' ? 'number' : 'string',
      );
      if (type === 'date') expect(value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    }
  });

  it.each(actions)('%s has the categorisation values that ECS allows together', (action) => {
    const { kind, category, type } = auditCatalogue[action];
    expect(ecs['event.kind']?.allowed_values?.map(({ name }) => name)).toContain(kind);
    const expected = category.flatMap(
      (one) =>
        ecs['event.category']?.allowed_values?.find(({ name }) => name === one)?.expected_event_types ?? [],
    );
    for (const one of type) expect(expected, `${action}: type ${one}`).toContain(one);
  });

  it('tells when it happened to the microsecond, and how long it took to the record', () => {
    expect(recorder.toRecord(fullEvent('trap-touched'))).toMatchObject({
      '@timestamp': '2025-11-22T21:50:30.123456Z',
      event: { created: '2025-11-22T21:50:30.124956Z' },
      phantom: { touch: { op: 'open', latency_us: 1500 } },
    });
  });

  it('says who the process acts as, what program the kernel saw, and how much a touch stands for', () => {
    expect(recorder.toRecord(fullEvent('trap-touched'))).toMatchObject({
      user: { id: '33', name: 'www-data', effective: { id: '0', group: { id: '0' } } },
      phantom: {
        touch: { count: 12, destination: '/tmp/copy' },
        actor: {
          cgroup: { id: '18446744073709551615', path: '/system.slice/ssh.service' },
          namespaces: { pid: 4_026_531_836 },
          executable_file: { device: '2049', inode: '18446744073709551615' },
        },
      },
    });
  });

  it('tells apart the address that sshd holds and the one that the process claims', () => {
    const { source, related, phantom } = recorder.toRecord(fullEvent('actor-described')) as Record<
      string,
      unknown
    >;
    expect(source).toEqual({ address: '203.0.113.9', ip: '203.0.113.9', port: 50_022 });
    expect(related).toMatchObject({ ip: ['203.0.113.9'] });
    expect(phantom).toMatchObject({
      actor: { login: { sshd_pid: 700 }, claimed_login: { ip: '198.51.100.1' } },
    });
    const { login, ...claim } = details;
    const event = { ...fullEvent('actor-described'), details: claim };
    expect(recorder.toRecord(event)).not.toHaveProperty('source');
  });

  it('has no field of its own that docs/audit.md does not tell of', () => {
    const told = documentedFields(readFileSync('docs/audit.md', 'utf8'));
    const names = actions.flatMap((action) =>
      leaves(recorder.toRecord(fullEvent(action))).map(([name]) => name),
    );
    for (const name of new Set(names.filter((one) => one.startsWith('phantom.'))))
      expect(
        told.some((one) => name === one || name.startsWith(`${one}.`)),
        name,
      ).toBe(true);
  });

  it('has the whole ancestry, parent first', () => {
    expect(recorder.toRecord(fullEvent('trap-touched'))).toMatchObject({
      process: { pid: 812, name: 'cat', parent: { pid: 800 } },
      phantom: {
        actor: {
          certainty: 'kernel',
          loginuid: 1000,
          audit_session: 7,
          ancestry: [{ pid: 800 }, { pid: 1 }],
        },
      },
    });
  });

  it('has the command line of the acting process alone: that of the others is in their args', () => {
    const args = ['sh', '-c', 'x'];
    const sh = { pid: 800, args };
    const actor = { ...touch().actor, process: { pid: 812, args }, ancestors: [sh], ancestorsOmitted: 57 };
    const record = recorder.toRecord({ ...fullEvent('trap-touched'), touch: touch({ actor }) });
    expect(record).toMatchObject({
      process: { args, args_count: 3, command_line: 'sh -c x', parent: { args, args_count: 3 } },
      phantom: { actor: { ancestry: [{ pid: 800, args, args_count: 3 }], ancestry_omitted: 57 } },
    });
    expect(JSON.stringify(record).match(/command_line/g)).toHaveLength(1);
  });

  it('says nothing of omitted ancestors where none are', () => {
    expect(recorder.toRecord(fullEvent('trap-touched'))).not.toHaveProperty('phantom.actor.ancestry_omitted');
  });

  it('leaves out what is not known instead of inventing it', () => {
    const unknown = touch({ actor: { certainty: 'unknown', ancestors: [] } });
    const record = recorder.toRecord({
      action: 'trap-touched',
      atNs,
      message: 'm',
      touch: unknown,
      trap: passwords,
    });
    expect(record).not.toHaveProperty('process');
    expect(record).not.toHaveProperty('user');
    expect(record).toMatchObject({ phantom: { actor: { certainty: 'unknown', ancestry: [] } } });
  });
});
