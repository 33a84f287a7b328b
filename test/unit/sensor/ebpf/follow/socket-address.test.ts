import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIp, decodeSockaddr } from '../../../../../src/sensor/ebpf/follow/socket-address.js';

const latin1 = (...parts: readonly (string | readonly number[])[]) =>
  parts.map((part) => (typeof part === 'string' ? part : Buffer.from(part).toString('latin1'))).join('');
const port80 = [0, 80];
const inet6 = (address: readonly number[]) => latin1([10, 0], port80, [0, 0, 0, 0], address, [0, 0, 0, 0]);
const zeros = (count: number) => new Array<number>(count).fill(0);

describe('socket address', () => {
  it('of IPv4', () => {
    expect(decodeSockaddr(latin1([2, 0], port80, [192, 0, 2, 1], zeros(8)))).toEqual({
      family: 'inet',
      ip: '192.0.2.1',
      port: 80,
    });
  });

  it.each([
    [[...zeros(15), 1], '::1'],
    [zeros(16), '::'],
    [[0x20, 1, 0x0d, 0xb8, ...zeros(11), 1], '2001:db8::1'],
    [[0xfe, 0x80, ...zeros(14)], 'fe80::'],
    [[0x20, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1], '2001:0:1::1:1'],
    [[0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 16], '1:0:1:1:1:1:1:10'],
  ])('of IPv6 %#: %s is %s', (bytes, ip) => {
    expect(decodeSockaddr(inet6(bytes))).toEqual({ family: 'inet6', ip, port: 80 });
  });

  it('of IPv4 within IPv6 is that of IPv4', () => {
    const mapped = [...zeros(10), 255, 255, 127, 0, 0, 1];
    expect(decodeSockaddr(inet6(mapped))).toEqual({ family: 'inet', ip: '127.0.0.1', port: 80 });
    expect(decodeIp(latin1(mapped), 443)).toEqual({ family: 'inet', ip: '127.0.0.1', port: 443 });
  });

  it('of a Unix socket by path, by abstract name or without any', () => {
    expect(decodeSockaddr(latin1([1, 0], '/run/a\x1b\0junk'))).toEqual({
      family: 'unix',
      path: '/run/a\\x1b',
    });
    expect(decodeSockaddr(latin1([1, 0], '/run/unended'))).toEqual({ family: 'unix', path: '/run/unended' });
    expect(decodeSockaddr(latin1([1, 0], '\0bus\0x'))).toEqual({ family: 'unix', path: '@bus\\x00x' });
    expect(decodeSockaddr(latin1([1, 0]))).toEqual({ family: 'unix' });
  });

  it('that is cut or of another family is told as such', () => {
    for (const bytes of [
      '',
      '\x02',
      latin1([2, 0], port80),
      latin1([10, 0], zeros(12)),
      latin1([16, 0], zeros(10)),
    ])
      expect(decodeSockaddr(bytes)).toEqual({ family: 'other' });
  });

  it('of any bytes crashes nothing and is an address', () => {
    const bytes = fc.tuple(fc.constantFrom(1, 2, 10, 16), fc.uint8Array({ maxLength: 130 }));
    fc.assert(
      fc.property(bytes, ([family, rest]) => {
        const { ip, path, ...address } = decodeSockaddr(latin1([family, 0], [...rest]));
        if (address.family === 'inet6') expect(isIPv6(ip as string)).toBe(true);
        expect(path ?? '').not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
