import { expect, it } from 'vitest';
import type { Actor } from '../../../../src/core/actor.js';
import { Actors } from '../../../../src/sensor/marks/actors.js';
import type { MarkEvent } from '../../../../src/sensor/marks/mark-event.js';
import { actor } from '../../../support/touches.js';

const owner = { processId: 812, startedAtNs: 5_000_000_000n, parentId: 800, name: 'rm' };
const event: MarkEvent = {
  id: 2,
  threadId: 813,
  owner,
  mask: 4,
  ops: ['unlink'],
  count: 1,
  atNs: 1n,
  held: undefined,
  denied: false,
};
const shell = { pid: 800, startedAtNs: 4_000_000_000n, name: 'sh' };
const shellActor: Actor = {
  certainty: 'kernel',
  process: shell,
  threadId: 800,
  ancestors: [{ pid: 1, name: 'init' }],
  loginUid: 1000,
};
/** Processes that are there, by id. */
const host = (there: Readonly<Record<number, Actor>>) => async (pid: number) => {
  const found = there[pid];
  if (found === undefined) throw new Error('gone');
  return found;
};

it('takes what was found of the process that the kernel named', async () => {
  expect(await new Actors(host({ 812: actor() })).of(event)).toEqual(actor());
});

it('names one that has ended by what was seen of it at once, and its ancestors by its parent', async () => {
  expect(await new Actors(host({ 800: shellActor })).of(event)).toEqual({
    certainty: 'kernel',
    process: { pid: 812, startedAtNs: owner.startedAtNs, name: 'rm' },
    threadId: 813,
    ancestors: [shell, { pid: 1, name: 'init' }],
    loginUid: 1000,
  });
});

it('takes the ancestors of the parent when the process ended while it was looked at', async () => {
  const half: Actor = { ...actor(), ancestors: [] };
  const found = await new Actors(host({ 812: half, 800: shellActor })).of(event);
  expect(found.process).toEqual(half.process);
  expect(found.ancestors.map(({ pid }) => pid)).toEqual([800, 1]);
});

it('does not take a later process of the same id for it', async () => {
  const other = actor({ process: { pid: 812, startedAtNs: 9_000_000_000n, name: 'innocent' } });
  const found = await new Actors(host({ 812: other, 800: shellActor })).of(event);
  expect(found.process?.name).toBe('rm');
});

it('remembers who it was for a change that comes when the process is gone', async () => {
  const there: Record<number, Actor> = { 812: actor() };
  const actors = new Actors(host(there));
  await actors.of(event);
  delete there[812];
  expect(await actors.of(event)).toEqual({ ...actor(), threadId: 813 });
});

it('does not look again for counted repetitions', async () => {
  let looks = 0;
  const actors = new Actors(async () => {
    looks += 1;
    return actor();
  });
  await actors.of(event);
  for (let n = 0; n < 5; n += 1) await actors.of({ ...event, count: 100 });
  expect(looks).toBe(1);
});

it('only guesses the process of a thread that nobody saw alive', async () => {
  const actors = new Actors(host({}));
  const { certainty, process } = await actors.of({ ...event, owner: undefined });
  expect({ certainty, process }).toEqual({ certainty: 'guess', process: { pid: 813 } });
  expect((await actors.of({ ...event, owner: undefined, threadId: 0 })).certainty).toBe('unknown');
});
