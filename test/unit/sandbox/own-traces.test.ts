import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownTraces } from '../../../src/sandbox/docker/own-traces.js';

let usr: string;
beforeEach(() => {
  usr = mkdtempSync(join(tmpdir(), 'usr-'));
});
afterEach(() => rmSync(usr, { recursive: true }));

it('names the folders in which npm put this program', () => {
  mkdirSync(join(usr, 'local/bin'), { recursive: true });
  expect(ownTraces(usr, `${usr}/local/lib/node_modules/phantom-files`)).toEqual([
    '/usr/local/lib/node_modules',
  ]);
  // A link to what is not shown is there all the same.
  symlinkSync('../lib/node_modules/phantom-files/dist/main.js', join(usr, 'local/bin/phantomd'));
  expect(ownTraces(usr, '/opt/phantom')).toEqual(['/usr/local/bin']);
  expect(ownTraces(usr, `${usr}/src/phantom`)).toEqual(['/usr/src/phantom', '/usr/local/bin']);
});

it('covers nothing where this program lies elsewhere', () => {
  expect(ownTraces('/usr', '/opt/phantom').filter((path) => path !== '/usr/local/bin')).toEqual([]);
});
