import { expect, it } from 'vitest';
import { socketAddress } from '../../../../src/decoy/host/listening-socket.js';

it('writes addresses as the kernel has them', () => {
  expect(socketAddress('127.0.0.1', 2222).toString('hex')).toBe('020008ae7f0000010000000000000000');
  expect(socketAddress('::1', 1).toString('hex')).toBe(
    `0a000001${'00'.repeat(4)}${'00'.repeat(15)}01${'00'.repeat(4)}`,
  );
  expect(socketAddress('2001:db8::ffff:1.2.3.4', 1).subarray(8, 24).toString('hex')).toBe(
    '20010db80000000000' + '00ffff01020304',
  );
  expect(socketAddress('::', 1).subarray(8, 24)).toEqual(Buffer.alloc(16));
  expect(() => socketAddress('localhost', 1)).toThrow('is not an address');
});
