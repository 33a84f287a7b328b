import { expect, it } from 'vitest';
import { event } from '../../../../src/sensor/marks/fanotify-abi.js';
import { attributeOps, fileOps, folderOps } from '../../../../src/sensor/marks/mark-ops.js';

it('orders merged bits as they happened', () => {
  expect(fileOps(event.modify | event.access | event.open)).toEqual(['open', 'read', 'write']);
  expect(fileOps(event.openExecPerm)).toEqual(['exec']);
  expect(fileOps(event.moveSelf)).toEqual(['rename']);
  expect(fileOps(event.attrib)).toEqual([]);
});

it('tells a folder that was listed from one that moved or went', () => {
  expect(folderOps(event.access | event.onDir)).toEqual(['list']);
  expect(folderOps(event.moveSelf | event.onDir)).toEqual(['rename']);
  expect(folderOps(event.deleteSelf | event.onDir)).toEqual(['unlink']);
  expect(folderOps(event.open | event.onDir)).toEqual([]);
});

const facts = { links: 1, mode: 0o644, uid: 0, gid: 0 };

it.each([
  ['a new name', { ...facts, links: 2 }, ['link']],
  ['a removed name', { ...facts, links: 0 }, ['unlink']],
  ['another mode', { ...facts, mode: 0o600 }, ['chmod']],
  ['another owner', { ...facts, uid: 5 }, ['chmod']],
  ['what is in no fact, such as an extended attribute', facts, ['chmod']],
  ['a new name and another mode at once', { ...facts, links: 2, mode: 0 }, ['link', 'chmod']],
  ['nothing found any more', undefined, ['unlink']],
] as const)('knows a change of attributes by what differs: %s', (_name, now, ops) => {
  expect(attributeOps(facts, now)).toEqual(ops);
});
