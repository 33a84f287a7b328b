import { readFileSync } from 'node:fs';

/** One more than the highest number that a processor can have (Documentation/admin-guide/cputopology.rst). */
export function possibleProcessors(): number {
  const ranges = readFileSync('/sys/devices/system/cpu/possible', 'utf8');
  return 1 + Number(ranges.match(/\d+/g)?.at(-1));
}
