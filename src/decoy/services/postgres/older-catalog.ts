/** Names of catalog columns that clients of an older server ask for, and what they are called now. */
const renamed: readonly [RegExp, string][] = [
  // PostgreSQL 15 and 16 (16 only some of them): renamed in 17.
  [/\bdaticulocale\b/g, 'datlocale'],
  [/\bcolliculocale\b/g, 'colllocale'],
];

/**
 * The same messages with names of columns that the engine, a newer PostgreSQL than the one it says it is, knows.
 * Only of simple queries and Parse; everything else stays as it is.
 */
export function inNewerWords(type: number, whole: Buffer): Buffer {
  if (type !== 0x51 && type !== 0x50) return whole;
  const text = whole.toString('latin1', 5);
  if (!text.includes('iculocale')) return whole;
  const changed = renamed.reduce((words, [from, to]) => words.replace(from, to), text);
  const out = Buffer.concat([whole.subarray(0, 5), Buffer.from(changed, 'latin1')]);
  out.writeInt32BE(out.length - 1, 1);
  return out;
}
