import type { Piece } from './memory-map.js';

/** A piece of memory and where it lies in the file behind the header. */
export interface Segment extends Piece {
  readonly at: number;
}

const headerBytes = 64;
const programHeaderBytes = 56;
const machines: Readonly<Record<string, number>> = {
  x64: 62,
  arm64: 183,
  riscv64: 243,
  ppc64: 21,
  s390x: 22,
};

/** ELF64 header, program headers and notes of a core (elf(5)), padded to a page; the segments follow. */
export function coreHeader(
  segments: readonly Segment[],
  notes: Buffer,
  pageBytes: number,
  architecture: string,
): Buffer {
  const sorted = [...segments].sort((one, other) => one.from - other.from);
  const notesAt = headerBytes + programHeaderBytes * (sorted.length + 1);
  const header = Buffer.alloc(Math.ceil((notesAt + notes.length) / pageBytes) * pageBytes);
  header.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  header.writeUInt16LE(4, 16); // ET_CORE
  header.writeUInt16LE(machines[architecture] ?? 0, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(headerBytes), 32);
  header.writeUInt16LE(headerBytes, 52);
  header.writeUInt16LE(programHeaderBytes, 54);
  header.writeUInt16LE(sorted.length + 1, 56);
  programHeader(header, 0, { type: 4, flags: 0, at: notesAt, from: 0, bytes: notes.length, align: 4 });
  for (const [index, { from, to, at }] of sorted.entries()) {
    // PT_LOAD, readable and writable
    const place = { type: 1, flags: 6, at: header.length + at, from, bytes: to - from, align: pageBytes };
    programHeader(header, index + 1, place);
  }
  notes.copy(header, notesAt);
  return header;
}

interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly at: number;
  readonly from: number;
  readonly bytes: number;
  readonly align: number;
}

function programHeader(header: Buffer, index: number, facts: ProgramHeader): void {
  const { type, flags, at, from, bytes, align } = facts;
  const start = headerBytes + programHeaderBytes * index;
  header.writeUInt32LE(type, start);
  header.writeUInt32LE(flags, start + 4);
  header.writeBigUInt64LE(BigInt(at), start + 8);
  header.writeBigUInt64LE(BigInt(from), start + 16);
  header.writeBigUInt64LE(BigInt(bytes), start + 32);
  // The notes are no memory of the process.
  header.writeBigUInt64LE(BigInt(type === 1 ? bytes : 0), start + 40);
  header.writeBigUInt64LE(BigInt(align), start + 48);
}
