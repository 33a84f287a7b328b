import { expect, it } from 'vitest';
import type { Actor } from '../../../../src/core/actor.js';
import { Actors } from '../../../../src/sensor/marks/actors.js';
import type { MarkEvent } from '../../../../src/sensor/marks/mark-event.js';

const owner = { processId: 812, startedAtNs: 5_000_000_000n, parentId: 800, name: 'rm' };
const look = {
  process: { pid: 812, startedAtNs: 5_000_000_000n, name: 'rm', uid: 0, executable: '/usr/bin/rm' },
  ancestors: [
    { pid: 800, startedAtNs: 4_000_000_000n, name: 'sh' },
    { pid: 1, startedAtNs: 10_000_000n, name: 'init' },
  ],
  posixSession: 800,
  loginUid: 1000,
};
const event: MarkEvent = {
  id: 2,
  threadId: 813,
  owner,
  look,
  mask: 4,
  ops: ['unlink'],
  count: 1,
  atNs: 1n,
  held: undefined,
  denied: false,
};
const { look: _, ...unseen } = event;
const withArgs = async (known: Actor): Promise<Actor> => ({
  ...known,
  ...(known.process && { process: { ...known.process, args: ['rm', 'x'] } }),
});
const gone = async (known: Actor) => known;

it('completes what was seen at once', async () => {
  expect(await new Actors(withArgs).of(event)).toEqual({
    certainty: 'kernel',
    threadId: 813,
    ...look,
    process: { ...look.process, args: ['rm', 'x'] },
  });
});

it('keeps what was seen at once of a process that nobody can look at any more', async () => {
  const broken = new Actors(async () => {
    throw new Error('gone');
  });
  expect(await broken.of(event)).toEqual({ certainty: 'kernel', threadId: 813, ...look });
});

it('has the process itself where nothing was looked at', async () => {
  const { process, certainty } = await new Actors(gone).of(unseen);
  expect(certainty).toBe('kernel');
  expect(process).toEqual({ pid: 812, startedAtNs: owner.startedAtNs, name: 'rm' });
});

it('remembers who it was for a change that comes when the process is gone', async () => {
  let isThere = true;
  const actors = new Actors((known) => (isThere ? withArgs(known) : gone(known)));
  await actors.of(event);
  isThere = false;
  expect((await actors.of({ ...event, threadId: 9 })).process?.args).toEqual(['rm', 'x']);
  expect(await actors.of({ ...unseen, threadId: 9 })).toMatchObject({ threadId: 9, loginUid: 1000 });
});

it('does not give the arguments of an earlier program of the same process to a later one', async () => {
  let isThere = true;
  const actors = new Actors((known) => (isThere ? withArgs(known) : gone(known)));
  await actors.of(event);
  isThere = false;
  const later = { ...look, process: { ...look.process, executable: '/usr/bin/mv' } };
  expect((await actors.of({ ...event, look: later })).process).toEqual(later.process);
});

it('does not take a later process of the same id for it', async () => {
  const actors = new Actors(gone);
  await actors.of(event);
  const later = { ...owner, startedAtNs: 9_000_000_000n, name: 'innocent' };
  expect((await actors.of({ ...unseen, owner: later })).process?.name).toBe('innocent');
});

it('looks again, but not for ever, at one who is held', async () => {
  let looks = 0;
  const slowly = new Actors((known) => {
    looks += 1;
    return looks < 3 ? gone(known) : withArgs(known);
  });
  expect((await slowly.of({ ...event, held: 5 })).process?.args).toEqual(['rm', 'x']);
  looks = -100;
  await slowly.of({ ...event, held: 6, owner: { ...owner, processId: 9 } });
  expect(looks).toBe(-97);
});

it('does not look again for counted repetitions', async () => {
  let looks = 0;
  const actors = new Actors(async (known) => {
    looks += 1;
    return known;
  });
  await actors.of(event);
  for (let n = 0; n < 5; n += 1) await actors.of({ ...event, count: 100 });
  expect(looks).toBe(1);
});

it('only guesses who it was by who had the number before, and takes nobody to be the same process', async () => {
  const actors = new Actors(withArgs);
  await actors.of(event);
  const guess = await actors.of({ ...unseen, isOwnerGuessed: true });
  expect(guess).toMatchObject({ certainty: 'guess', posixSession: 800, process: { pid: 812, name: 'rm' } });
  expect(guess.process?.startedAtNs).toBeUndefined();
  expect((await actors.of(event)).certainty).toBe('kernel');
  const { certainty } = await new Actors(gone).of({ ...unseen, isOwnerGuessed: true });
  expect(certainty).toBe('guess');
});

it('invents no process for a thread that nobody saw alive', async () => {
  const actors = new Actors(gone);
  const nobody = await actors.of({ ...unseen, owner: undefined });
  expect(nobody).toEqual({ certainty: 'unknown', threadId: 813, ancestors: [] });
  expect((await actors.of({ ...unseen, owner: undefined, threadId: 0 })).certainty).toBe('unknown');
});
