/**
 * Identifier of an incident: its UTC time to the second and a random part, such as
 * `20261122-215030-7f3ac2`. Sorts by time and fits in names of containers and folders.
 */
export function incidentId(atNs: bigint, random: () => number = Math.random): string {
  const time = new Date(Number(atNs / 1_000_000n)).toISOString();
  const suffix = Math.floor(random() * 0x1000000)
    .toString(16)
    .padStart(6, '0');
  return `${time.slice(0, 10).replaceAll('-', '')}-${time.slice(11, 19).replaceAll(':', '')}-${suffix}`;
}
