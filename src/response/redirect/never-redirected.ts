import { readFileSync } from 'node:fs';
import { endianness, networkInterfaces } from 'node:os';
import { type IpAddress, Networks } from './ip-address.js';

/** What is nobody's source address on a network: this host, one link, many hosts. */
const special: readonly string[] = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fe80::/10',
  'ff00::/8',
];

/** Addresses without which this host is not reached or cannot work, as they are now. */
export interface HostAddresses {
  readonly own: readonly string[];
  readonly gateways: readonly string[];
  readonly nameServers: readonly string[];
}

/** Why connections from an address are never redirected, in one line; undefined where they may be. */
export function whyNever(
  address: IpAddress,
  allowed: readonly string[],
  host: HostAddresses,
): string | undefined {
  const reasons: readonly (readonly [readonly string[], string])[] = [
    [allowed, 'it is on the allow list'],
    [special, 'it is a loopback, link-local or multicast address'],
    [host.own, 'it is an address of this host'],
    [host.gateways, 'it is a gateway of this host'],
    [host.nameServers, 'it is a name server of this host'],
  ];
  return reasons.find(([networks]) => new Networks(networks).has(address))?.[1];
}

/** What the kernel and the resolver say now. */
export function hostAddresses(folder = '/'): HostAddresses {
  const read = (path: string) => readOr(`${folder}${path}`);
  return {
    own: Object.values(networkInterfaces()).flatMap(
      (all) => all?.map(({ address }) => withoutZone(address)) ?? [],
    ),
    gateways: [...gatewaysOf(read('proc/net/route')), ...gateways6Of(read('proc/net/ipv6_route'))],
    nameServers: ['etc/resolv.conf', 'run/systemd/resolve/resolv.conf'].flatMap((path) =>
      nameServersOf(read(path)),
    ),
  };
}

/** The gateways of `/proc/net/route`: the third column, as a number of the machine's own byte order. */
export function gatewaysOf(routes: string): string[] {
  return routes.split('\n').flatMap((line) => {
    const gateway = line.split('\t')[2] ?? '';
    if (!/^[0-9A-F]{8}$/i.test(gateway) || /^0+$/.test(gateway)) return [];
    const bytes = [...Buffer.from(gateway, 'hex')];
    return [(endianness() === 'LE' ? bytes.reverse() : bytes).join('.')];
  });
}

/** The next hops of `/proc/net/ipv6_route`: the fifth column. */
export function gateways6Of(routes: string): string[] {
  return routes.split('\n').flatMap((line) => {
    const gateway = line.trim().split(/ +/)[4] ?? '';
    if (!/^[0-9a-f]{32}$/i.test(gateway) || /^0+$/.test(gateway)) return [];
    return [(gateway.match(/.{4}/g) as string[]).join(':')];
  });
}

/** resolv.conf(5). */
export function nameServersOf(configuration: string): string[] {
  return Array.from(configuration.matchAll(/^\s*nameserver\s+(\S+)/gm), ([, server]) =>
    withoutZone(server as string),
  );
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
