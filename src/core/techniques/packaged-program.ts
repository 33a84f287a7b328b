import { namedPath } from './named-path.js';
import { programName } from './program-name.js';

/** What only root writes, and what packages of the distribution fill. */
const folders = /^\/(?:usr|bin|sbin|lib|lib32|lib64|libx32)\//;
/**
 * Not of packages: filled by hand, by pip and by npm, and on Debian the group staff may write there
 * (Debian Policy 9.1.2).
 */
const byHand = /^\/usr\/local\//;

/**
 * Name of a program whose file is known and lies where packages of the distribution put theirs. Anybody can
 * name a file in /tmp, or a process by prctl(2), as one that is trusted; undefined for those.
 */
export function packagedProgram(executable: string | undefined): string | undefined {
  if (executable === undefined || !executable.startsWith('/')) return undefined;
  const path = namedPath(executable);
  return path !== undefined && folders.test(path) && !byHand.test(path) ? programName(path) : undefined;
}
