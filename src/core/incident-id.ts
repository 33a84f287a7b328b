/**
 * Identifier of an incident: its UTC time to the second and a random part, such as
 * `20261122-215030-7f3ac2d1`. Sorts by time and fits in names of containers and folders.
 * `suffix` is the random part: letters and digits, enough of them that no two of one second agree.
 */
export function incidentId(atNs: bigint, suffix: string): string {
  const time = new Date(Number(atNs / 1_000_000n)).toISOString();
  return `${time.slice(0, 10).replaceAll('-', '')}-${time.slice(11, 19).replaceAll(':', '')}-${suffix}`;
}
