import { posix } from 'node:path';
import type { Trap } from '../core/trap.js';

/** ECS `file.*` of a path, with the facts of its content where they are known. */
export function ecsFile(path: string, content?: Pick<Trap, 'size' | 'sha256'>): object {
  return {
    path,
    name: posix.basename(path),
    directory: posix.dirname(path),
    ...(content && { size: content.size, hash: { sha256: content.sha256 } }),
  };
}
