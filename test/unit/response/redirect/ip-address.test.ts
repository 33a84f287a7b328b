import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNetwork, Networks, parseAddress } from '../../../../src/response/redirect/ip-address.js';

const dotted = (bits: number) => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
const colonned = (bits: bigint) =>
  Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(
    ':',
  );
const ipv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

describe('an address', () => {
  it('has one text, whichever way it was written', () => {
    expect(parseAddress('192.0.2.1')).toEqual({ family: 'ipv4', text: '192.0.2.1' });
    expect(parseAddress('::ffff:192.0.2.1')).toEqual({ family: 'ipv4', text: '192.0.2.1' });
    expect(parseAddress('0:0:0:0:0:FFFF:C000:0201')).toEqual({ family: 'ipv4', text: '192.0.2.1' });
    expect(parseAddress('2001:DB8:0:0::0:1')).toEqual({ family: 'ipv6', text: '2001:db8::1' });
    fc.assert(
      fc.property(ipv4, (bits) => {
        expect(parseAddress(dotted(bits))?.text).toBe(dotted(bits));
        expect(parseAddress(`::ffff:${dotted(bits)}`)?.text).toBe(dotted(bits));
      }),
    );
    fc.assert(
      fc.property(ipv6, (bits) => {
        const parsed = parseAddress(colonned(bits));
        expect(parsed).toBeDefined();
        expect(parseAddress(parsed?.text ?? '')).toEqual(parsed);
      }),
    );
  });

  it.each([
    ...[
      '',
      ' ',
      'localhost',
      '10.0.0',
      '10.0.0.256',
      '010.0.0.1',
      '1.2.3.4 ',
      '1.2.3.4/32',
      '1.2.3.4:22',
      '0x7f.1',
    ],
    ...[
      'fe80::1%eth0',
      '[::1]',
      ':::',
      '2001:db8::1/64',
      '1.2.3.4\n',
      '1.2.3.4; flush ruleset',
      '@visitors4',
      '*',
    ],
  ])('is not %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('is never anything with other characters', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseAddress(text);
        if (parsed !== undefined) expect(parsed.text).toMatch(/^[0-9a-f.:]+$/);
      }),
    );
  });
});

describe('networks', () => {
  it('have exactly the addresses that begin with their bits', () => {
    fc.assert(
      fc.property(ipv4, ipv4, fc.integer({ min: 0, max: 32 }), (base, other, bits) => {
        const begins = (BigInt(base) ^ BigInt(other)) >> BigInt(32 - bits) === 0n;
        const networks = new Networks([`${dotted(base)}/${bits}`]);
        expect(networks.has({ family: 'ipv4', text: dotted(other) })).toBe(begins);
        expect(networks.has({ family: 'ipv4', text: dotted(base) })).toBe(true);
      }),
    );
    fc.assert(
      fc.property(ipv6, ipv6, fc.integer({ min: 0, max: 128 }), (base, random, bits) => {
        // A random address is hardly ever in it.
        for (const other of [random, base ^ (random >> BigInt(bits)), base ^ 1n]) {
          const address = parseAddress(colonned(other));
          const network = parseAddress(colonned(base));
          if (address?.family !== 'ipv6' || network?.family !== 'ipv6') continue;
          const begins = (base ^ other) >> BigInt(128 - bits) === 0n;
          expect(new Networks([`${colonned(base)}/${bits}`]).has(address)).toBe(begins);
        }
      }),
    );
  });

  it('of IPv4 are the same when they are written as IPv6', () => {
    const networks = new Networks(['::ffff:10.0.0.0/104', '::ffff:192.0.2.7']);
    const has = (text: string) => networks.has({ family: 'ipv4', text });
    expect(['10.1.2.3', '11.0.0.1', '192.0.2.7', '192.0.2.8'].map(has)).toEqual([true, false, true, false]);
  });

  it('are told from what is none', () => {
    expect(['10.0.0.0/8', '10.0.0.1', '2001:db8::/32', '::1', '0.0.0.0/0'].map(isNetwork)).not.toContain(
      false,
    );
    const none = [
      '',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      '::/129',
      '::ffff:1.2.3.4/95',
      'lan',
    ];
    expect(none.map(isNetwork)).not.toContain(true);
  });
});
