import { closeSync } from 'node:fs';
import { isIP } from 'node:net';
import type { CLibrary } from './c-library.js';

const internet = 2;
const internet6 = 10;
const stream = 1;
// SOCK_NONBLOCK and SOCK_CLOEXEC: the same on all architectures that koffi knows.
const nonBlocking = 0o4000;
const closeOnExec = 0o2000000;
const socketLevel = 1;
const reuseAddress = 2;
const ipv6Level = 41;
const onlyIpv6 = 26;
/** As Node's own; the kernel cuts it at net.core.somaxconn. */
const backlog = 511;
const one = Buffer.from(new Int32Array([1]).buffer);

/**
 * A socket that listens and from which this process never takes a connection: whoever comes waits in its queue until
 * a child takes them, and through a restart of the child. (A `net.Server` of Node would take them itself.)
 */
export class ListeningSocket {
  readonly descriptor: number;
  readonly port: number;

  private constructor(descriptor: number, port: number) {
    this.descriptor = descriptor;
    this.port = port;
  }

  /** @throws Error with the kernel's word, such as `EADDRINUSE`, as its message */
  static open(library: CLibrary, ip: string, port: number): ListeningSocket {
    const address = socketAddress(ip, port);
    const descriptor = library.socket(address.readUInt16LE(0), stream | nonBlocking | closeOnExec, 0);
    if (descriptor < 0) throw new Error(library.error());
    try {
      check(library, library.setsockopt(descriptor, socketLevel, reuseAddress, one, one.length));
      if (isIP(ip) === 6)
        check(library, library.setsockopt(descriptor, ipv6Level, onlyIpv6, one, one.length));
      check(library, library.bind(descriptor, address, address.length));
      check(library, library.listen(descriptor, backlog));
      return new ListeningSocket(descriptor, portOf(library, descriptor, address.length));
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function check(library: CLibrary, answer: number): void {
  if (answer < 0) throw new Error(library.error());
}

function portOf(library: CLibrary, descriptor: number, length: number): number {
  const address = Buffer.alloc(length);
  const size = Buffer.from(new Uint32Array([length]).buffer);
  check(library, library.getsockname(descriptor, address, size));
  return address.readUInt16BE(2);
}

/** sockaddr_in or sockaddr_in6, on a little-endian machine, as both that are supported are. @throws Error for what is no address */
export function socketAddress(ip: string, port: number): Buffer {
  const version = isIP(ip);
  if (version === 0) throw new Error(`${ip} is not an address`);
  const address = Buffer.alloc(version === 4 ? 16 : 28);
  address.writeUInt16LE(version === 4 ? internet : internet6, 0);
  address.writeUInt16BE(port, 2);
  if (version === 4) Buffer.from(ip.split('.').map(Number)).copy(address, 4);
  else ipv6Bytes(ip).copy(address, 8);
  return address;
}

function ipv6Bytes(ip: string): Buffer {
  // The URL parser writes every form (an IPv4 tail too) with groups of hexadecimal digits only.
  const plain = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [front, back] = [groups(head), groups(tail ?? '')];
  const zeros = Array<string>(8 - front.length - back.length).fill('0');
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...front, ...zeros, ...back].entries())
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  return bytes;
}
