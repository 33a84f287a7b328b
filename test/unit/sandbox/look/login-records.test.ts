import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packLoginRecords } from '../../../../src/sandbox/look/login-records.js';

it('is read by the program that reads such records', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'login-records-'));
  const at = new Date(2026, 2, 4, 15, 16, 17);
  const records = packLoginRecords([
    { type: 'boot', pid: 0, line: '~', user: 'reboot', host: '6.1.0-18-amd64', at: new Date(2026, 2, 1) },
    { type: 'user', pid: 1234, line: 'pts/0', user: 'alind', host: '10.20.4.31', at },
    { type: 'dead', pid: 1234, line: 'pts/0', user: '', host: '', at: new Date(at.getTime() + 600_000) },
  ]);
  expect(records).toHaveLength(3 * 384);
  try {
    await writeFile(join(folder, 'wtmp'), records);
    const { stdout } = await promisify(execFile)('last', ['-f', join(folder, 'wtmp')], {
      env: { LC_ALL: 'C' },
    });
    expect(stdout).toMatch(/^alind +pts\/0 +10\.20\.4\.31 +Wed Mar +4 15:16 - 15:26 +\(00:10\)/mu);
    expect(stdout).toMatch(/^reboot +system boot +6\.1\.0-18-amd64/mu);
  } finally {
    await rm(folder, { recursive: true });
  }
});
