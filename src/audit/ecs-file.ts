import { posix } from 'node:path';
import type { Trap } from '../core/trap.js';

/** ECS `file.*` of a path, with the planted content's facts where it is a trap. */
export function ecsFile(path: string, trap?: Trap): object {
  return {
    path,
    name: posix.basename(path),
    directory: posix.dirname(path),
    ...(trap && { size: trap.size, hash: { sha256: trap.sha256 } }),
  };
}
