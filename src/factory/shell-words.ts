/** A word as a person types it to a shell: bare where that is enough, else in single quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Whether a path can stand in a line of text: no control characters, and bytes that are text. */
export function isTypable(path: string): boolean {
  return /^[^\p{Cc}\p{Cs}\u{fffd}]+$/u.test(path);
}
