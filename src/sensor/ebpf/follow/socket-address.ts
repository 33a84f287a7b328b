import { endianness } from 'node:os';
import { toPrintable } from '../../../core/printable.js';
import type { SocketAddress } from '../../../core/trail.js';

/** `AF_UNIX`, `AF_INET`, `AF_INET6` of include/linux/socket.h. */
const families = { unix: 1, inet: 2, inet6: 10 };

/** The address in a `struct sockaddr` (latin1), as much of it as is there. */
export function decodeSockaddr(latin1: string): SocketAddress {
  const bytes = Buffer.from(latin1, 'latin1');
  if (bytes.length < 2) return { family: 'other' };
  switch (endianness() === 'LE' ? bytes.readUInt16LE(0) : bytes.readUInt16BE(0)) {
    case families.unix:
      return unixAddress(bytes.subarray(2));
    case families.inet:
      return bytes.length < 8
        ? { family: 'other' }
        : { family: 'inet', ip: dotted(bytes.subarray(4, 8)), port: bytes.readUInt16BE(2) };
    case families.inet6:
      return bytes.length < 24
        ? { family: 'other' }
        : { ...ipOf(bytes.subarray(8, 24)), port: bytes.readUInt16BE(2) };
    default:
      return { family: 'other' };
  }
}

/** An address of 16 bytes (latin1) and a port; an IPv4 address within is told as such. */
export function decodeIp(latin1: string, port: number): SocketAddress {
  const bytes = Buffer.from(latin1, 'latin1');
  return bytes.length < 16 ? { family: 'other' } : { ...ipOf(bytes.subarray(0, 16)), port: port & 0xffff };
}

/** unix(7): a path that ends with NUL or the address, an abstract name that starts with NUL, or none. */
function unixAddress(name: Buffer): SocketAddress {
  if (name.length === 0) return { family: 'unix' };
  if (name[0] === 0) return { family: 'unix', path: `@${toPrintable(name.subarray(1))}` };
  const end = name.indexOf(0);
  return { family: 'unix', path: toPrintable(end < 0 ? name : name.subarray(0, end)) };
}

function ipOf(bytes: Buffer): SocketAddress {
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  if (mapped) return { family: 'inet', ip: dotted(bytes.subarray(12)) };
  return { family: 'inet6', ip: colonned(bytes) };
}

function dotted(bytes: Buffer): string {
  return [...bytes].join('.');
}

/** RFC 5952: without leading zeros, the first longest run of zeros left out. */
function colonned(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  const runs = [...groups.join(':').matchAll(/(?<![^:])0(?::0)+(?![^:])/g)];
  const [longest] = runs.sort((one, other) => other[0].length - one[0].length);
  const text = groups.join(':');
  if (longest === undefined) return text;
  const before = text.slice(0, longest.index).replace(/:$/, '');
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}
