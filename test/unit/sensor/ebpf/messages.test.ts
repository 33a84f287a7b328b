import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../src/sensor/ebpf/messages.js';

describe('parseMessage', () => {
  it('reads the head of a touch', () => {
    expect(parseMessage('t 1 7 2 1 536959917936 812 813 536958768886 800 0 33 33 4294967295 12 5\n')).toEqual(
      {
        tag: 'touch',
        cpu: 1,
        seq: 7,
        head: {
          slot: 2,
          op: 1,
          kernelNs: 536959917936n,
          pid: 812,
          tid: 813,
          startedAtNs: 536958768886n,
          posixSession: 800,
          sessionStartedAtNs: 0n,
          uid: 33,
          gid: 33,
          loginUid: 4294967295,
          auditSession: 12,
          flags: 5,
        },
      },
    );
  });

  it('reads the numbers of an actor', () => {
    expect(
      parseMessage(
        'n 0 3 0 5 18446744073709551615 265289728 99 4026531841 4026531836 4026531840 4026531837\n',
      ),
    ).toEqual({
      tag: 'numbers',
      cpu: 0,
      seq: 3,
      numbers: {
        effectiveUid: 0,
        effectiveGid: 5,
        cgroupId: 2n ** 64n - 1n,
        executable: { device: 265289728n, inode: 99n },
        namespaces: { mnt: 4026531841, pid: 4026531836, net: 4026531840, user: 4026531837 },
      },
    });
  });

  it('reads how far a processor that does nothing had got', () => {
    expect(parseMessage('i 0 7 1 812 17348359316414\n')).toEqual({
      tag: 'idle',
      cpu: 0,
      seq: 7,
      processor: 1,
      printed: 812,
      kernelNs: 17348359316414n,
    });
  });

  it('takes the process, the slot and the operation of counted touches apart, whatever they are', () => {
    const pid = fc.integer({ min: 1, max: 2 ** 22 });
    const slot = fc.integer({ min: 1, max: 16_000 });
    const op = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(pid, slot, op, (pid, slot, op) => {
        const access = (BigInt(pid) << 32n) | BigInt((slot << 4) | op);
        expect(parseMessage(`m 3 9 2 ${access} 536958768886 41 1\n`)).toEqual({
          tag: 'more',
          processor: 2,
          cpu: 3,
          seq: 9,
          pid,
          slot,
          op,
          startedAtNs: 536958768886n,
          total: 41,
          last: true,
        });
      }),
    );
  });

  it.each([
    ['r 0 1 2 812 99 0\n', { tag: 'registered', slot: 2, daemonPid: 812, kernelNs: 99n, before: 0 }],
    ['u 0 1 2\n', { tag: 'forgotten', slot: 2 }],
    ['p 0 1 1 99\n', { tag: 'probed', op: 1, kernelNs: 99n }],
    ['h 0 1 99\n', { tag: 'heartbeat', kernelNs: 99n }],
    ['e 0 1\n', { tag: 'end' }],
    ['c 0 1\n', { tag: 'comm', bytes: '' }],
    ['v 0 1 \n', { tag: 'args', bytes: '' }],
  ])('reads %j', (text, message) => {
    expect(parseMessage(text)).toEqual({ cpu: 0, seq: 1, ...message });
  });

  it('keeps every byte of a hostile name', () => {
    const tags = { c: 'comm', g: 'cgroup', d: 'destination', y: 'tty' };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 15 }), (bytes) => {
        const name = Buffer.from(bytes).toString('latin1');
        for (const [letter, tag] of Object.entries(tags))
          expect(parseMessage(`${letter} 0 2 ${name}\n`)).toEqual({ tag, cpu: 0, seq: 2, bytes: name });
        expect(parseMessage(`a 0 3 812 99 33 34 ${name}\n`)).toEqual({
          tag: 'ancestor',
          cpu: 0,
          seq: 3,
          ancestor: { pid: 812, startedAtNs: 99n, uid: 33, gid: 34, comm: name },
        });
      }),
    );
  });

  it.each([
    '\\x63\\x61\\x74\\x00\\xff',
    '63617400ff',
    '63 61 74 00 ff',
  ])('reads argv printed as %s', (hex) => {
    expect(parseMessage(`v 0 3 ${hex}\n`)).toMatchObject({ tag: 'args', bytes: 'cat\0\xff' });
  });

  it.each([
    ['no line end', 'h 0 1 5'],
    ['an unknown letter', 'q 0 1 5\n'],
    ['too few numbers', 't 0 1 2 3\n'],
    ['too many numbers', 'u 0 1 2 3\n'],
    ['a number that is none', 'h 0 1 -5\n'],
    ['odd hex', 'v 0 1 636\n'],
    ['something after the end', 'e 0 1 2\n'],
    ['an empty line', '\n'],
  ])('refuses %s', (_, text) => {
    expect(parseMessage(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseMessage(`${text}\n`)));
    const lines = fc.tuple(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), fc.array(fc.nat()));
    fc.assert(
      fc.property(lines, ([letter, numbers]) => void parseMessage(`${[letter, ...numbers].join(' ')}\n`)),
    );
  });
});
