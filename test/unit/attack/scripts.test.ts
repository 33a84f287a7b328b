import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadTechniqueRules } from '../../../src/attack/load-rules.js';

const rules = await loadTechniqueRules(fileURLToPath(new URL('../../../resources/attack', import.meta.url)));

test.each([
  ['/usr/sbin/ufw', ['/usr/bin/python3', '/usr/sbin/ufw', 'disable'], 'T1686'],
  ['/usr/bin/aws', ['/usr/bin/python3', '/usr/bin/aws', 's3', 'ls'], 'T1619'],
  ['/usr/local/bin/aws', ['/usr/bin/env', 'python3', '/usr/local/bin/aws', 's3', 'ls'], 'T1619'],
  ['/usr/bin/pip3', ['/usr/bin/python3', '-sP', '/usr/bin/pip3', 'list'], 'T1518'],
  ['/usr/bin/s3cmd', ['/usr/bin/python3', '/usr/bin/s3cmd', 'put', 'l.tgz', 's3://x/'], 'T1567.002'],
  ['/usr/bin/gsutil', ['/bin/sh', '/usr/bin/gsutil', 'ls'], 'T1619'],
  ['/usr/bin/fail2ban-client', ['/usr/bin/python3', '/usr/bin/fail2ban-client', 'stop'], 'T1685'],
])('the script %s is known by its own arguments', (path, args, id) => {
  const told = rules.match({ kind: 'exec', atNs: 0n, rootPid: 1, path, process: { pid: 2, args } });
  expect(told.map(({ technique }) => technique.id)).toEqual([id]);
});
