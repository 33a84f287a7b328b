/**
 * What inotifywait prints of one event: where, which name in it, what. File names hold any byte but
 * NUL and `/`, so each field ends with NUL; the slashes keep NUL, line feed from occurring anywhere
 * but at a record's end, where a name could begin with a line feed. So one broken record never
 * spoils the next.
 */
export const recordFormat = '%w%0/%f%0/%e%0';
export const recordSeparator = '\0\n';

/** One event, its names as latin1 text of their bytes. */
export interface EventRecord {
  /** Path of the watch; folders end with `/`; empty for an overflow. */
  readonly watched: string;
  /** Name of the entry in a watched folder; empty when the event is of the watched thing itself. */
  readonly entry: string;
  readonly events: ReadonlySet<string>;
}

/** Reads one record without its separator; undefined when it is none. */
export function parseRecord(record: string): EventRecord | undefined {
  const [watched, entry, events, ...more] = record.split('\0');
  if (watched === undefined || entry === undefined || events === undefined || more.length > 0)
    return undefined;
  if (!entry.startsWith('/') || !/^\/[A-Z_]+(,[A-Z_]+)*$/.test(events)) return undefined;
  return { watched, entry: entry.slice(1), events: new Set(events.slice(1).split(',')) };
}
