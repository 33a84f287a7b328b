import { endianness } from 'node:os';
import type { NetworkAddress, OpenSocket } from '../core/actor-details.js';
import { toPrintable } from '../core/printable.js';

/** What a table of `/proc/PID/net` tells of one socket. */
export type SocketFacts = Omit<OpenSocket, 'descriptor'>;

const littleEndian = endianness() === 'LE';

/** By number (include/net/tcp_states.h). */
const tcpStates = [
  ...['', 'established', 'syn-sent', 'syn-received', 'fin-wait-1', 'fin-wait-2', 'time-wait', 'close'],
  ...['close-wait', 'last-ack', 'listen', 'closing', 'new-syn-received'],
];

/** One line of `tcp`, `tcp6`, `udp` or `udp6` (proc_net_tcp(5)); undefined when it is none. */
export function parseInetLine(
  line: string,
  protocol: 'tcp' | 'udp',
): { readonly inode: number; readonly socket: SocketFacts } | undefined {
  const fields = line.trim().split(/\s+/, 10);
  const local = parseAddress(fields[1]);
  const remote = parseAddress(fields[2]);
  const inode = Number(fields[9]);
  if (local === undefined || remote === undefined || !Number.isSafeInteger(inode) || inode <= 0)
    return undefined;
  const state = protocol === 'tcp' ? tcpStates[Number.parseInt(fields[3] ?? '', 16)] : undefined;
  const connected = remote.port !== 0;
  return { inode, socket: { protocol, local, ...(connected && { remote }), ...(state && { state }) } };
}

/** One line of `unix` (proc_net_unix(5)), in latin1; undefined when it is none. */
export function parseUnixLine(
  line: string,
): { readonly inode: number; readonly socket: SocketFacts } | undefined {
  const match =
    /^[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} [0-9A-F]{8} [0-9A-F]{4} [0-9A-F]{2} +(\d{1,10})(?: (.+))?$/i.exec(
      line,
    );
  if (match === null) return undefined;
  const path = match[2] === undefined ? undefined : toPrintable(Buffer.from(match[2], 'latin1'));
  return { inode: Number(match[1]), socket: { protocol: 'unix', ...(path !== undefined && { path }) } };
}

/** `0100007F:0016`: words of 32 bits as they lie in memory, printed as numbers. */
function parseAddress(text = ''): NetworkAddress | undefined {
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/i.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const bytes = Buffer.from(match[1], 'hex');
  if (littleEndian) bytes.swap32();
  return { ip: bytes.length === 4 ? ipv4(bytes) : ipv6(bytes), port: Number.parseInt(match[2], 16) };
}

function ipv4(bytes: Buffer): string {
  return [...bytes].join('.');
}

/** RFC 5952: the longest run of zeros shortened; an IPv4 address in IPv6 clothes is shown as what it is. */
function ipv6(bytes: Buffer): string {
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  if (mapped) return ipv4(bytes.subarray(12));
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2));
  let [longestAt, longest] = [-1, 1];
  for (let at = 0; at < 8; at += 1) {
    let end = at;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - at > longest) [longestAt, longest] = [at, end - at];
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (longestAt < 0) return hex(groups);
  return `${hex(groups.slice(0, longestAt))}::${hex(groups.slice(longestAt + longest))}`;
}
