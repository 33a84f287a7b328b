import { possibleProcessors } from './processors.js';

/** Pages of 4096 bytes for what bpftrace has not read yet: of all processors, and of one. */
const allPages = 16_384;
const mostPages = 1024;
const fewestPages = 64;

/**
 * Environment of bpftrace; the first settings were renamed in 0.20, both names are given. A burst of short
 * processes prints faster than bpftrace reads: with 256 pages a processor, 600 of them in a second lost lines.
 */
export function bpftraceEnvironment(processors = possibleProcessors()): Record<string, string> {
  const share = 2 ** Math.floor(Math.log2(allPages / processors));
  return {
    // Two strings and all variables share the 512 bytes of a BPF stack; with 184 the longest script is refused.
    BPFTRACE_STRLEN: '168',
    BPFTRACE_MAX_STRLEN: '168',
    // The kernel takes the memory of all keys at once, about 80 bytes a key and map.
    BPFTRACE_MAP_KEYS_MAX: '16384',
    BPFTRACE_MAX_MAP_KEYS: '16384',
    // A power of two.
    BPFTRACE_PERF_RB_PAGES: String(Math.min(Math.max(share, fewestPages), mostPages)),
  };
}
