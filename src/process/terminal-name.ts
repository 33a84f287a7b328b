/** Names by major number, with the minor number of the first (Documentation/admin-guide/devices.txt). */
const families: ReadonlyMap<number, readonly [prefix: string, firstMinor: number]> = new Map([
  [166, ['ttyACM', 0]],
  [188, ['ttyUSB', 0]],
  [204, ['ttyAMA', 64]],
  [229, ['hvc', 0]],
]);

/**
 * The kernel's name (`pts0`, `tty1`, `ttyS0`) of a terminal from `tty_nr` of `/proc/PID/stat`;
 * `MAJOR:MINOR` for a driver not known here, undefined for no terminal.
 */
export function terminalName(ttyNumber: number): string | undefined {
  if (ttyNumber === 0) return undefined;
  // linux/kdev_t.h, new_encode_dev: the minor number lies on both sides of the major.
  const major = (ttyNumber >>> 8) & 0xfff;
  const minor = (ttyNumber & 0xff) | ((ttyNumber >>> 12) & 0xfff00);
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  if (major === 5 && minor === 1) return 'console';
  if (major >= 136 && major <= 143) return `pts${(major - 136) * 256 + minor}`;
  const family = families.get(major);
  if (family === undefined || minor < family[1]) return `${major}:${minor}`;
  return `${family[0]}${minor - family[1]}`;
}
