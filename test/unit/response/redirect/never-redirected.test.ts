import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../../src/response/redirect/ip-address.js';
import {
  gateways6Of,
  gatewaysOf,
  type HostAddresses,
  hostAddresses,
  nameServersOf,
  whyNever,
} from '../../../../src/response/redirect/never-redirected.js';

const host: HostAddresses = {
  own: ['198.51.100.10', '2001:db8::10'],
  gateways: ['198.51.100.1', '2001:db8::1'],
  nameServers: ['203.0.113.53'],
};
const why = (text: string, allowed: readonly string[] = []) => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(text);
  return whyNever(address, allowed, host);
};

describe('who is never redirected', () => {
  it.each<readonly [string, string]>([
    ['198.51.100.10', 'it is an address of this host'],
    ['::ffff:198.51.100.10', 'it is an address of this host'],
    ['2001:db8:0::10', 'it is an address of this host'],
    ['198.51.100.1', 'it is a gateway of this host'],
    ['2001:db8::1', 'it is a gateway of this host'],
    ['203.0.113.53', 'it is a name server of this host'],
    ...[
      '127.0.0.1',
      '127.9.9.9',
      '::1',
      '::',
      '0.0.0.0',
      '169.254.1.1',
      'fe80::1',
      '224.0.0.1',
      '255.255.255.255',
      'ff02::1',
    ].map((text) => [text, 'it is a loopback, link-local or multicast address'] as const),
  ])('%s: %s', (text, reason) => {
    expect(why(text)).toBe(reason);
  });

  it('is whoever is on the allow list', () => {
    expect(why('192.0.2.77', ['192.0.2.0/24'])).toBe('it is on the allow list');
    expect(why('2001:db8:7::1', ['2001:db8:7::/48'])).toBe('it is on the allow list');
    expect(why('192.0.3.77', ['192.0.2.0/24'])).toBeUndefined();
  });

  it('is found in what the kernel and the resolver say', () => {
    const routes =
      'Iface\tDestination\tGateway \tFlags\n' +
      'eth0\t00000000\t016433C6\t0003\t0\t0\t100\t00000000\n' +
      'eth0\t006433C6\t00000000\t0001\t0\t0\t100\t00FFFFFF\n';
    expect(gatewaysOf(routes)).toEqual(['198.51.100.1']);
    const none = '0'.repeat(32);
    const hop = '20010db8000000000000000000000001';
    const line = (gateway: string) =>
      `${none} 00 ${none} 00 ${gateway} 00000400 00000001 00000000 00000003 eth0\n`;
    expect(gateways6Of(line(hop) + line(none)).map((text) => parseAddress(text)?.text)).toEqual([
      '2001:db8::1',
    ]);
    expect(nameServersOf('# nameserver 1.1.1.1\nnameserver 9.9.9.9\n  nameserver fe80::1%eth0\n')).toEqual([
      '9.9.9.9',
      'fe80::1',
    ]);
    expect(hostAddresses().own).toContain('127.0.0.1');
    expect(hostAddresses('/nowhere/')).toMatchObject({ gateways: [], nameServers: [] });
  });
});
