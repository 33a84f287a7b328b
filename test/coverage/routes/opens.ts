import type { Expectation, Route } from '../route.js';

function byProgram(program: string, way: string, name: string, expects: readonly Expectation[]): Route {
  return {
    name,
    expects,
    proof: 'content',
    access: (place) => ({ command: [place.program(program), way, place.trap, place.mount] }),
  };
}

const before = (way: string, name: string, expects: readonly Expectation[]): Route => ({
  ...byProgram('descriptors', way, name, expects),
  before: true,
});

/** Unusual ways to a descriptor, and descriptors that another process opened or that were open before. */
export const opens: readonly Route[] = [
  byProgram('other-opens', 'open', 'open(2), the oldest call', ['open', 'read']),
  byProgram('other-opens', 'openat2', 'openat2', ['open', 'read']),
  byProgram('other-opens', 'o-path', 'O_PATH, then /proc/self/fd', ['open', 'read']),
  byProgram('other-opens', 'handle', 'open_by_handle_at', ['open', 'read']),
  byProgram('other-opens', 'int80', 'int 0x80, open and read', ['open', 'read']),
  byProgram('descriptors', 'socket', 'descriptor passed over a Unix socket', ['open', 'read']),
  byProgram('descriptors', 'taken', 'descriptor taken by pidfd_getfd', ['open', 'read']),
  byProgram('descriptors', 'inherited', 'descriptor inherited over fork and exec', ['open', 'read']),
  before('opened-before', 'descriptor opened before the sensor', ['read']),
  before('inherited-before', 'descriptor opened before the sensor, inherited', ['read']),
  before('mapped-before', 'pages mapped before the sensor', ['mmap']),
];
