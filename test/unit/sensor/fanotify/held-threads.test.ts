import { expect, it } from 'vitest';
import { HeldThreads } from '../../../../src/sensor/fanotify/held-threads.js';
import type { MarkEvent } from '../../../../src/sensor/marks/mark-event.js';

const owner = { processId: 812, startedAtNs: 5_000_000_000n, parentId: 800, name: 'sh' };
const event: MarkEvent = {
  id: 2,
  threadId: 812,
  owner,
  mask: 1,
  ops: ['read'],
  count: 1,
  atNs: 1_000_000_000n,
  held: undefined,
  denied: false,
};

it('leaves out a read that was told, but not those of others', () => {
  const threads = new HeldThreads();
  threads.note(event);
  expect(threads.rest(event)).toBeUndefined();
  expect(threads.rest({ ...event, ops: ['read', 'write'] })?.ops).toEqual(['write']);
  const sameIdLater = { ...event, owner: { ...owner, startedAtNs: 9_000_000_000n } };
  expect(threads.rest(sameIdLater)?.ops).toEqual(['read']);
  expect(threads.rest({ ...event, id: 3 })?.ops).toEqual(['read']);
});

it('keeps a read of a process that was only seen to open', () => {
  const threads = new HeldThreads();
  threads.note({ ...event, ops: ['open'] });
  expect(threads.rest(event)?.ops).toEqual(['read']);
});

it('knows for a while whose thread it was that has ended', () => {
  const threads = new HeldThreads();
  threads.note({ ...event, ops: ['open'] });
  const write: MarkEvent = { ...event, ops: ['write'], owner: undefined };
  const soon = threads.rest({ ...write, atNs: event.atNs + 1_000_000n });
  expect(soon).toMatchObject({ owner, isOwnerGuessed: true });
  expect(threads.rest({ ...write, atNs: event.atNs + 6_000_000_000n })?.owner).toBeUndefined();
});

it('does not guess whose thread it was that lives', () => {
  const threads = new HeldThreads();
  threads.note({ ...event, ops: ['open'] });
  expect(threads.rest({ ...event, ops: ['write'] })).not.toHaveProperty('isOwnerGuessed');
});

it('guesses by whoever had the number last, whatever trap it touched', () => {
  const threads = new HeldThreads();
  threads.note(event);
  const later = { ...owner, startedAtNs: 9_000_000_000n, name: 'later' };
  threads.note({ ...event, id: 3, owner: later });
  expect(threads.rest({ ...event, ops: ['write'], owner: undefined })?.owner).toEqual(later);
});

it('never learns from a guess', () => {
  const threads = new HeldThreads();
  threads.note({ ...event, ops: ['open'] });
  const write: MarkEvent = { ...event, ops: ['write'], owner: undefined };
  threads.rest({ ...write, atNs: event.atNs + 4_000_000_000n });
  expect(threads.rest({ ...write, atNs: event.atNs + 6_000_000_000n })?.owner).toBeUndefined();
});

it('leaves out the read of a held thread that has ended meanwhile', () => {
  const threads = new HeldThreads();
  threads.note(event);
  expect(threads.rest({ ...event, owner: undefined })).toBeUndefined();
});

it('knows whose thread it was also when only changes were told before', () => {
  const threads = new HeldThreads();
  const list: MarkEvent = { ...event, ops: ['list'] };
  expect(threads.rest(list)).toEqual(list);
  expect(threads.rest({ ...list, owner: undefined })?.owner).toEqual(owner);
});
