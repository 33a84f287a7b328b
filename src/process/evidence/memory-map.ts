/** One mapping of `/proc/PID/maps`. */
export interface Mapping {
  readonly from: number;
  /** First address after it. */
  readonly to: number;
  /** `rwxp` */
  readonly mode: string;
  /** Bytes into the file. */
  readonly offset: number;
  /** Path or such as `[stack]`, as latin1 text; empty for none. */
  readonly name: string;
}

const line = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([r-][w-][x-][ps]) ([0-9a-f]{1,16}) \S+ \d+ *(.*)$/;

/** Reads `maps` (proc_pid_maps(5)); the kernel escapes line feeds in names. Lines that are none are left out. */
export function parseMaps(content: Buffer): Mapping[] {
  const found: Mapping[] = [];
  for (const text of content.toString('latin1').split('\n')) {
    const [, from, to, mode, offset, name] = line.exec(text) ?? [];
    if (from === undefined || to === undefined || mode === undefined) continue;
    found.push({
      from: Number.parseInt(from, 16),
      to: Number.parseInt(to, 16),
      mode,
      offset: Number.parseInt(offset ?? '0', 16),
      name: name ?? '',
    });
  }
  return found;
}

/** What a core has: memory that the process wrote for itself. */
export function isPrivateMemory({ mode, to }: Mapping): boolean {
  return mode[0] === 'r' && mode[1] === 'w' && mode[3] === 'p' && Number.isSafeInteger(to);
}

/** A piece of memory by addresses. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

// Documentation/admin-guide/mm/pagemap.rst
const presentBit = 1n << 63n;
const swappedBit = 1n << 62n;
const ofFileBit = 1n << 61n;

/** Pieces with fewer pages than this between them become one; the pages between are zeros. */
const mostBetween = 4;

/**
 * The pieces of a mapping whose pages the process has of its own, by its part of `pagemap`. Others are
 * not asked for: they hold nothing, and whoever handles their own page faults would be asked for them.
 */
export function ownPieces(from: number, pagemap: Buffer, pageBytes: number): Piece[] {
  const pieces: { from: number; to: number }[] = [];
  for (let index = 0; index * 8 + 8 <= pagemap.length; index += 1) {
    const entry = pagemap.readBigUInt64LE(index * 8);
    if ((entry & (presentBit | swappedBit)) === 0n || (entry & ofFileBit) !== 0n) continue;
    const at = from + index * pageBytes;
    const last = pieces.at(-1);
    if (last !== undefined && at - last.to <= mostBetween * pageBytes) last.to = at + pageBytes;
    else pieces.push({ from: at, to: at + pageBytes });
  }
  return pieces;
}
