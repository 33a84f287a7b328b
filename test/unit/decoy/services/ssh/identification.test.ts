import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Identification } from '../../../../../src/decoy/services/ssh/identification.js';

function answer(line: string, cuts: readonly number[] = []): string | undefined {
  const identification = new Identification();
  const bytes = Buffer.from(line, 'latin1');
  let from = 0;
  for (const to of [...cuts].sort((a, b) => a - b).concat(bytes.length)) {
    const refusal = identification.refuses(bytes.subarray(from, to));
    if (refusal) return refusal.answer;
    from = Math.max(from, to);
  }
  return undefined;
}

describe('the first line of a visitor', () => {
  it('is answered as sshd does when it is no identification', () => {
    expect(answer('GET / HTTP/1.1\r\n')).toBe('Invalid SSH identification string.\r\n');
    expect(answer('SSH-1.5-old\r\n')).toBe('Protocol major versions differ.\r\n');
    expect(answer('\n')).toBe('Invalid SSH identification string.\r\n');
    expect(answer('x'.repeat(9000))).toBe('Invalid SSH identification string.\r\n');
  });

  it('is left alone when it is one, or not ended yet', () => {
    for (const line of ['SSH-2.0-OpenSSH_9.2\r\n', 'SSH-2.0-x y z\n', 'SSH-1.99-y\r\n', 'GET /', '']) {
      expect(answer(line)).toBeUndefined();
    }
  });

  it('is judged the same however it is cut', () => {
    const line = fc.constantFrom(
      'SSH-2.0-x\r\nmore',
      'GET / HTTP/1.0\r\n\r\n',
      'SSH-1.5-a\r\n',
      'SSH-2.0-\r\n',
    );
    fc.assert(
      fc.property(line, fc.array(fc.nat(18)), (text, cuts) => {
        expect(answer(text, cuts)).toBe(answer(text));
      }),
    );
  });
});
