import { describe, expect, it } from 'vitest';
import { opCode } from '../../../../src/sensor/ebpf/script.js';
import { toActor, toTouch } from '../../../../src/sensor/ebpf/to-touch.js';
import type { KernelTouch } from '../../../../src/sensor/ebpf/touch-assembler.js';

const kernel: KernelTouch = {
  slot: 2,
  op: opCode('copy'),
  kernelNs: 100n,
  pid: 812,
  tid: 813,
  startedAtNs: 50n,
  posixSession: 800,
  sessionStartedAtNs: 0n,
  uid: 33,
  gid: 33,
  loginUid: 0xffff_ffff,
  flags: 0,
  auditSession: 0xffff_ffff,
  ancestors: [],
  whole: true,
};

describe('toTouch', () => {
  it.each([
    [['copy.txt', 'tmp', '/'], '/tmp/copy.txt'],
    [['copy.txt', 'deep'], '/deep/copy.txt'],
    [['a\nb\xff', '/'], '/a\\x0ab\\xff'],
  ])('joins the names %j of a destination', (names, path) => {
    expect(toTouch({ ...kernel, destination: names }, 'id', 1n)?.destination).toBe(path);
  });

  it('has no destination where none was told', () => {
    expect(toTouch(kernel, 'id', 1n)).not.toHaveProperty('destination');
  });

  it('is nothing when the operation is not known', () => {
    expect(toTouch({ ...kernel, op: 0 }, 'id', 1n)).toBeUndefined();
    expect(toTouch({ ...kernel, op: 15 }, 'id', 1n)).toBeUndefined();
  });

  it('leaves out what was never set', () => {
    const actor = toActor(kernel);
    for (const absent of ['loginUid', 'auditSession', 'tty', 'cgroup', 'namespaces'])
      expect(actor).not.toHaveProperty(absent);
  });

  it('makes every string printable', () => {
    const actor = toActor({ ...kernel, comm: 'a\x1b[2J', args: 'cat\0\xff\0', tty: 'pts\n', cgroup: 'x\n' });
    expect(JSON.stringify(actor, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toMatch(
      /\p{Cc}|\\u00/u,
    );
    expect(actor.process?.args).toEqual(['cat', '\\xff']);
  });
});
