import { EcsFlat, EcsVersion } from '@elastic/ecs';
import { describe, expect, it } from 'vitest';
import { EcsRecorder, ecsVersion } from '../../../src/audit/ecs-record.js';
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

/** An event that fills every field a record can have. */
function fullEvent(action: AuditAction): AuditEvent {
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
      actor: {
        ...touch().actor,
        process: {
          ...(touch().actor.process as object),
          pid: 812,
          executable: '/usr/bin/cat',
          args: ['cat', 'passwords.txt'],
          workingDirectory: '/srv',
          gid: 33,
        },
        threadId: 812,
        loginUid: 1000,
        auditSession: 7,
        tty: 'pts0',
      },
    }),
    sensor: { name: 'ebpf', lost: 3, gapFromNs: atNs, gapToNs: atNs },
    response: {
      engine: 'docker',
      container: 'phantom_forensics_x',
      containerId: 'c0ffee',
      image: 'm',
      tookMs: 300,
    },
  };
}

/** Dotted names of all leaves; arrays count as their elements, as in Elasticsearch. */
function leaves(value: unknown, name = ''): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((element) => leaves(element, name));
  if (typeof value !== 'object' || value === null) return [[name, value]];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, name === '' ? key : `${name}.${key}`));
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
