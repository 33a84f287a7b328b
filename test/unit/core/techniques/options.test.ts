import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../../src/core/techniques/options.js';

const flags = (line: string) => {
  const [program = '', ...args] = line.split(' ');
  return [...readOptions(program, args).flags];
};
const operands = (line: string) => {
  const [program = '', ...args] = line.split(' ');
  return readOptions(program, args).operands;
};

describe('options', () => {
  it.each([
    ['curl -XGET http://x', ['X']],
    ['curl -sSLo -T http://x', ['sSLo', 's', 'S', 'L', 'o']],
    ['date -Iseconds', ['I']],
    ['ssh web ls -lR /srv', []],
    ['ssh web -L 80:x:80 ls -R', ['L']],
    ['python3x -c', ['c']],
    ['python app.py -c conf', []],
    ['tar xzf a.tgz etc', ['x', 'z', 'f']],
    ['tar -xzf a.tgz -C etc', ['xzf', 'x', 'z', 'f', 'C']],
    ['openssl enc -decrypt', ['decrypt']],
    ['grep --regexp=x -- -r', ['regexp']],
  ])('of %s', (line, expected) => {
    expect(flags(line)).toEqual(expected);
  });

  it('leave their values out of the operands', () => {
    expect(operands('git -C /srv/app pull')).toEqual(['pull']);
    expect(operands('kubectl --namespace kube-system get secrets')).toEqual(['get', 'secrets']);
    expect(operands('rm -rf -- -x')).toEqual(['-x']);
  });

  it('of any arguments are read without an error, and no word becomes two operands', () => {
    const program = fc.constantFrom('curl', 'tar', 'ssh', 'find', 'date', 'bash', 'constructor', '');
    const word = fc.oneof(fc.constantFrom('-', '--', '-c', '--data', '-xvf', 'x'), fc.string());
    fc.assert(
      fc.property(program, fc.array(word), (name, args) => {
        expect(readOptions(name, args).operands.length).toBeLessThanOrEqual(args.length);
      }),
    );
  });
});
