import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { type CLibrary, loadCLibrary } from './c-library.js';
import { systemCallFilter } from './system-call-filter.js';

// A program of its own, run as root before the child: `launch.js DESCRIPTORS PROGRAM ARGUMENT...`. It takes from itself
// what no program of util-linux can take before execve(2), and becomes PROGRAM, under the same pid.

const setFlags = 2;
const setSeccomp = 22;
const filterMode = 2;
/** Among the first to go when memory is short (proc(5)). */
const outOfMemoryScore = '800';

const [descriptors = '', program = '', ...programArguments] = process.argv.slice(2);
const library = await loadCLibrary();
writeFileSync('/proc/self/oom_score_adj', outOfMemoryScore);
// The daemon's priority is for touches.
if (getPriority() < 0) setPriority(0);
// Node marks every descriptor that it inherits to be closed (uv_disable_stdio_inheritance).
for (let descriptor = 0; descriptor < Number(descriptors); descriptor += 1)
  if (library.fcntl(descriptor, setFlags, 0) < 0) fail('a descriptor cannot be kept');
restrict(library);
library.execve(program, [program, ...programArguments, null], [null]);
fail(`${program} cannot be started`);

function restrict(c: CLibrary): void {
  const filter = systemCallFilter(process.arch, process.pid);
  const description = Buffer.alloc(16);
  description.writeUInt16LE(filter.length / 8, 0);
  description.writeBigUInt64LE(c.addressOf(filter), 8);
  if (c.prctl(setSeccomp, filterMode, description, 0, 0) < 0) fail('its system calls cannot be limited');
}

function fail(what: string): never {
  throw new Error(`${what}: ${library.error()}`);
}
