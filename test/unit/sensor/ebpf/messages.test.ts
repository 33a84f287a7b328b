import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../src/sensor/ebpf/messages.js';

describe('parseMessage', () => {
  it('reads the head of a touch', () => {
    expect(parseMessage('t 1 7 2 1 536959917936 812 813 536958768886 800 33 33 4294967295 12\n')).toEqual({
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
        uid: 33,
        gid: 33,
        loginUid: 4294967295,
        auditSession: 12,
      },
    });
  });

  it('keeps every byte of a hostile process name', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 15 }), (bytes) => {
        const name = Buffer.from(bytes).toString('latin1');
        expect(parseMessage(`c 0 2 ${name}\n`)).toEqual({ tag: 'comm', cpu: 0, seq: 2, bytes: name });
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
    ['a number that is none', 'h 0 1 -5\n'],
    ['odd hex', 'v 0 1 636\n'],
    ['an empty line', '\n'],
  ])('refuses %s', (_, text) => {
    expect(parseMessage(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseMessage(`${text}\n`)));
  });
});
