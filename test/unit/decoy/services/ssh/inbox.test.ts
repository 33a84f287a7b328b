import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Inbox } from '../../../../../src/decoy/services/ssh/inbox.js';
import type { Wire } from '../../../../../src/decoy/services/ssh/wire.js';

const windowAdjust = 93;

/** A visitor who always sends as much as the window lets him, to a guest that is full as `fullness` says. */
function conversation(fullness: readonly boolean[], pieces: readonly number[]) {
  let window = 0;
  const taken: number[] = [];
  let ends = 0;
  const wire = {
    send: (number: number, _recipient: number, more: number) => {
      if (number === windowAdjust) window += more;
    },
  } as unknown as Wire;
  const inbox: Inbox = new Inbox(wire, 0, {
    take: (bytes) => {
      taken.push(...new Set(bytes));
      if (fullness[taken.length % Math.max(1, fullness.length)]) inbox.hold(true);
    },
    ended: () => {
      ends += 1;
    },
  });
  inbox.open();
  inbox.hold(false);
  let sent = 0;
  for (const length of pieces) {
    // Whoever waits for room long enough gets it.
    for (let patience = 0; window < length && patience < 1000; patience += 1) inbox.hold(false);
    expect(window).toBeGreaterThanOrEqual(length);
    window -= length;
    expect(inbox.receive(Buffer.alloc(length, sent % 256))).toBe(true);
    sent += 1;
  }
  inbox.end();
  for (let patience = 0; ends === 0 && patience < 1000; patience += 1) inbox.hold(false);
  return { sent, taken, ends };
}

describe('what a visitor sends to a guest', () => {
  it('comes whole, in order and with its end once, however often the guest is full', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 32_768 }), { maxLength: 60 }),
        (fullness, pieces) => {
          const { sent, taken, ends } = conversation(fullness, pieces);
          expect(taken).toEqual(Array.from({ length: sent }, (_, at) => at % 256));
          expect(ends).toBe(1);
        },
      ),
    );
  });

  it('goes on when the guest was full just as the window was used up', () => {
    const piece = 32_768;
    expect(
      conversation(
        [true],
        Array.from({ length: 64 }, () => piece),
      ).sent,
    ).toBe(64);
  });

  it('is dropped beyond the window', () => {
    const inbox = new Inbox({ send: () => {} } as unknown as Wire, 0, { take: () => {}, ended: () => {} });
    inbox.open();
    expect(inbox.receive(Buffer.alloc(512 * 1024))).toBe(true);
    expect(inbox.receive(Buffer.alloc(1))).toBe(false);
  });
});
