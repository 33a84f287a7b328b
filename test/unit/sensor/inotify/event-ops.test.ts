import { expect, it } from 'vitest';
import { attributeOp, fileOps, folderOps } from '../../../../src/sensor/inotify/event-ops.js';

it.each([
  ['OPEN', ['open']],
  ['ACCESS', ['read']],
  ['MODIFY', ['write']],
  ['CLOSE_WRITE,CLOSE', ['write']],
  ['MODIFY,CLOSE_WRITE,CLOSE', ['write']],
  ['ATTRIB', ['chmod']],
  ['MOVE_SELF', ['rename']],
  ['DELETE_SELF', ['unlink']],
  ['SOMETHING_NEW', []],
])('%s of a trap means %j', (events, ops) => {
  expect(fileOps(new Set(events.split(',')))).toEqual(ops);
});

it.each([
  ['OPEN,ISDIR', ['list']],
  ['ACCESS,ISDIR', []],
  ['ATTRIB,ISDIR', []],
  ['MOVE_SELF', ['rename']],
])('%s of a trap folder means %j', (events, ops) => {
  expect(folderOps(new Set(events.split(',')))).toEqual(ops);
});

it('an attribute event means a link, a removal or a changed mode', () => {
  const before = { inode: 5n, links: 1n };
  expect(attributeOp(before, { inode: 5n, links: 1n })).toBe('chmod');
  expect(attributeOp(before, { inode: 5n, links: 2n })).toBe('link');
  expect(attributeOp({ inode: 5n, links: 2n }, { inode: 5n, links: 1n })).toBe('chmod');
  expect(attributeOp(before, undefined)).toBe('unlink');
  expect(attributeOp(before, { inode: 6n, links: 1n })).toBe('unlink');
});
