import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskedArguments } from '../../../src/process/masked-arguments.js';

const masked = (line: string) => maskedArguments(line.split(' ')).join(' ');

describe('arguments of a program', () => {
  it.each([
    ['mysql --password=hunter2 -u root', 'mysql --password=*** -u root'],
    ['tool --db-password hunter2 x', 'tool --db-password *** x'],
    ['env PGPASSWORD=hunter2 psql', 'env PGPASSWORD=*** psql'],
    ['curl -u admin:hunter2 https://example.org', 'curl -u *** https://example.org'],
  ])('hide the secret of %s', (line, expected) => {
    expect(masked(line)).toBe(expected);
  });

  it.each([
    'ls -la /tmp',
    'tar -czf out.tar.gz /etc',
    'grep -r password /etc',
    'ssh -p 22 host',
  ])('stay as they are without one: %s', (line) => {
    expect(masked(line)).toBe(line);
  });

  it('are as many as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (args) => {
        expect(maskedArguments(args)).toHaveLength(args.length);
      }),
    );
  });
});
