/** Stands between the parts of a file: no string reaches over it. */
export const border = '\x00\xff\xfe\xfd\x00';

/** Shortest string that is worth a search: shorter ones turn up by chance. */
export const leastLength = 8;

/**
 * Every longest run of bytes (latin1) of the first file of which each window of 8 bytes stands in all the
 * others too, wherever there, and not in one of the references.
 */
export function sharedStrings(files: readonly Buffer[], references: readonly Buffer[] = []): string[] {
  const [first, ...others] = files;
  if (!first || others.length === 0) return [];
  let shared = windowsOf(first);
  for (const other of others) {
    const windows = windowsOf(other);
    shared = new Set([...shared].filter((window) => windows.has(window)));
  }
  for (const reference of references) for (const window of windowsOf(reference)) shared.delete(window);
  const parts = first.toString('latin1').split(border);
  return [...new Set(parts.flatMap((part) => runsOf(part, shared)))];
}

function windowsOf(file: Buffer): Set<string> {
  const windows = new Set<string>();
  for (const text of file.toString('latin1').split(border))
    for (let at = 0; at + leastLength <= text.length; at += 1) windows.add(text.slice(at, at + leastLength));
  return windows;
}

function runsOf(text: string, shared: ReadonlySet<string>): string[] {
  const runs = new Set<string>();
  for (let at = 0; at + leastLength <= text.length; at += 1) {
    const start = at;
    while (shared.has(text.slice(at, at + leastLength))) at += 1;
    if (at > start) runs.add(text.slice(start, at + leastLength - 1));
  }
  return [...runs];
}
