/** ns since the epoch as ISO 8601 in UTC with microseconds. */
export function isoTime(atNs: bigint): string {
  const seconds = new Date(Number(atNs / 1_000_000n)).toISOString().slice(0, 19);
  const microseconds = (atNs / 1000n) % 1_000_000n;
  return `${seconds}.${microseconds.toString().padStart(6, '0')}Z`;
}
