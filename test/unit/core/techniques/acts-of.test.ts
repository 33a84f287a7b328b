import { expect, it } from 'vitest';
import { actsOf } from '../../../../src/core/techniques/acts-of.js';
import type { TrailEvent } from '../../../../src/core/trail.js';

const exec = (path: string, args: readonly string[]): TrailEvent => ({
  kind: 'exec',
  atNs: 0n,
  rootPid: 1,
  path,
  process: { pid: 2, args },
});
const first = (path: string, args: readonly string[]) => {
  const { program, args: given } = actsOf(exec(path, args))[0] ?? {};
  return [program, ...(given ?? [])];
};

it.each([
  ['/usr/sbin/ufw', ['/usr/bin/python3', '/usr/sbin/ufw', 'disable'], ['ufw', 'disable']],
  ['/usr/bin/aws', ['/usr/bin/env', 'python3', '/usr/bin/aws', 's3', 'ls'], ['aws', 's3', 'ls']],
  ['./deploy', ['/bin/sh', '-e', './deploy', 'now'], ['deploy', 'now']],
])('the arguments of the script %s begin behind its interpreter', (path, args, expected) => {
  expect(first(path, args)).toEqual(expected);
});

it('a program that is given its own file keeps all arguments', () => {
  expect(first('/bin/cp', ['cp', '/bin/cp', '/tmp/x'])).toEqual(['cp', '/bin/cp', '/tmp/x']);
  expect(first('/bin/rm', ['/bin/rm', '-rf', '/bin/rm', '/home'])).toEqual(['rm', '-rf', '/bin/rm', '/home']);
});

it('a pattern is no path, nor is what curl sends or asks for', () => {
  const paths = (line: string) => actsOf(exec('sh', ['sh', '-c', line]))[1]?.paths;
  expect(paths("grep 'Failed password' /var/log/auth.log")).toEqual(['/var/log/auth.log']);
  expect(paths('grep -e password /etc/x')).toEqual(['/etc/x']);
  expect(paths("sed -n 's/a/b/p' f")).toEqual(['./f']);
  expect(paths('curl -d password=x -H a:b example.com/credentials')).toEqual([]);
  expect(paths('curl -F file=@/etc/passwd -d @b -T c x')).toEqual(['/etc/passwd', './b', './c']);
});
