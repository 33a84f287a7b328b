/** One line of `bpftrace -f json`. Each character of `text` is one byte (latin1). */
export interface BpftraceLine {
  readonly type: string;
  /** `data` where it is a string. */
  readonly text?: string;
  /** `data.events` of a `lost_events` line. */
  readonly lostEvents?: number;
}

/**
 * Decodes a line read as latin1. On x86, where `char` is signed, bpftrace writes a byte >= 0x80 as
 * `\uffffffXX` (JsonOutput::json_escape in src/output.cpp prints a negative int), elsewhere as it
 * is; both come back as the byte. Returns undefined for anything that is not such a line.
 */
export function decodeLine(line: string): BpftraceLine | undefined {
  const parsed = parse(line.replace(/\\(uffffff([0-9a-f]{2})|.)/gs, restoreByte));
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { type, data } = parsed as { type?: unknown; data?: unknown };
  if (typeof type !== 'string') return undefined;
  if (typeof data === 'string') return { type, text: data };
  const events = (data as { events?: unknown } | null | undefined)?.events;
  return typeof events === 'number' ? { type, lostEvents: events } : { type };
}

function restoreByte(whole: string, _escape: string, hex: string | undefined): string {
  return hex === undefined ? whole : String.fromCharCode(Number.parseInt(hex, 16));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
