/**
 * Recordings of terminals as asciicast v3: a header, then an event a line, each with the seconds since the
 * event before. https://docs.asciinema.org/manual/asciicast/v3/
 */

export interface CastHeader {
  readonly columns: number;
  readonly rows: number;
  /** Value of TERM. */
  readonly terminalType?: string;
  /** Seconds since the epoch. */
  readonly timestamp?: number;
  readonly command?: string;
  readonly title?: string;
}

export const castCodes = ['o', 'i', 'r', 'm', 'x'] as const;

/** Output, input, new size (`80x24`), marker, exit status. */
export type CastCode = (typeof castCodes)[number];

export interface CastEvent {
  /** ms since the event before. */
  readonly afterMs: number;
  readonly code: CastCode;
  readonly data: string;
}

/** The first line of a recording, with its line feed. */
export function castHeaderLine(header: CastHeader): string {
  const { columns, rows, terminalType, timestamp, command, title } = header;
  const type = terminalType && { type: terminalType };
  return `${JSON.stringify({
    version: 3,
    term: { cols: columns, rows, ...type },
    ...(timestamp !== undefined && { timestamp }),
    ...(command !== undefined && { command }),
    ...(title !== undefined && { title }),
    ...(terminalType && { env: { TERM: terminalType } }),
  })}\n`;
}

/** A line for one event, with its line feed; `afterMs` is a whole number. */
export function castEventLine({ afterMs, code, data }: CastEvent): string {
  return `[${(afterMs / 1000).toFixed(3)}, "${code}", ${JSON.stringify(data)}]\n`;
}

/** What a line says; undefined when it is no header of version 3. */
export function parseCastHeader(line: string): CastHeader | undefined {
  const header = record(parsed(line));
  const term = record(header?.term);
  const columns = sizeOf(term?.cols);
  const rows = sizeOf(term?.rows);
  if (header?.version !== 3 || columns === undefined || rows === undefined) return undefined;
  const { timestamp, command, title } = header;
  return {
    columns,
    rows,
    ...(typeof term?.type === 'string' && { terminalType: term.type }),
    ...(typeof timestamp === 'number' && Number.isFinite(timestamp) && { timestamp }),
    ...(typeof command === 'string' && { command }),
    ...(typeof title === 'string' && { title }),
  };
}

/** What a line says; undefined for a comment, and when it is no event that is known. */
export function parseCastEvent(line: string): CastEvent | undefined {
  const value = parsed(line);
  if (!Array.isArray(value) || value.length < 3) return undefined;
  const [seconds, code, data] = value as unknown[];
  if (typeof seconds !== 'number' || !(seconds >= 0) || typeof data !== 'string') return undefined;
  const known = castCodes.find((one) => one === code);
  return known && { afterMs: Math.round(seconds * 1000), code: known, data };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : undefined;
}

/** A number of columns or rows that a terminal can have. */
function sizeOf(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535
    ? (value as number)
    : undefined;
}
