import { join } from 'node:path';
import { changed, copied, copyName, gone } from '../proofs.js';
import type { Expectation, Proof, Route } from '../route.js';

function byRing(way: string, name: string, expects: readonly Expectation[], proof: Proof = 'content'): Route {
  return {
    name,
    expects,
    proof,
    access: ({ program, trap, work }) => ({
      command: [program('io-uring'), way, trap, join(work, copyName)],
    }),
  };
}

/** io_uring(7) reaches files without the system calls that most sensors watch. */
export const ioUring: readonly Route[] = [
  byRing('read', 'io_uring read', ['open', 'read']),
  byRing('sqpoll', 'io_uring read, SQPOLL', ['open', 'read']),
  byRing('open-read', 'io_uring open and read', ['open', 'read']),
  byRing('linked', 'io_uring linked open and read', ['open', 'read']),
  byRing('write', 'io_uring write', ['open', 'write'], changed),
  byRing('rename', 'io_uring rename', ['rename'], copied),
  byRing('link', 'io_uring link', ['link'], copied),
  byRing('unlink', 'io_uring unlink', ['unlink'], gone),
];
