import { possibleProcessors } from './processors.js';

/** Pages of 4096 bytes for what bpftrace has not read yet: of all processors, and of one. */
const allPages = 16_384;
const mostPages = 1024;
const fewestPages = 64;

/** The kernel takes the memory of all keys at once, about 80 bytes a key and map: few hosts need the larger. */
const keySteps = [16_384, 65_536] as const;
/** Some maps have keys that are no slots. */
const otherKeys = 384;

/** Up to which slot number the maps of a script have room that is started with `slot` as the highest. */
export function roomFor(slot: number): number {
  const [usual, most] = keySteps;
  return (slot <= usual - otherKeys ? usual : most) - otherKeys;
}

/**
 * Environment of bpftrace; the first settings were renamed in 0.20, both names are given. A burst of short
 * processes prints faster than bpftrace reads: with 256 pages a processor, 600 of them in a second lost lines.
 * `room` is the highest slot number that its maps must hold.
 */
export function bpftraceEnvironment(room: number, processors = possibleProcessors()): Record<string, string> {
  const share = 2 ** Math.floor(Math.log2(allPages / processors));
  const keys = String(roomFor(room) + otherKeys);
  return {
    // Two strings and all variables share the 512 bytes of a BPF stack; with 184 the longest script is refused.
    BPFTRACE_STRLEN: '168',
    BPFTRACE_MAX_STRLEN: '168',
    BPFTRACE_MAP_KEYS_MAX: keys,
    BPFTRACE_MAX_MAP_KEYS: keys,
    // A power of two.
    BPFTRACE_PERF_RB_PAGES: String(Math.min(Math.max(share, fewestPages), mostPages)),
  };
}
