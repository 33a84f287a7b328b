import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** Path of a program as execvp(3) would find it in `searchPath`; undefined when there is none. */
export function findProgram(command: string, searchPath: string): string | undefined {
  const candidates = command.includes('/')
    ? [command]
    : searchPath.split(':').map((folder) => join(folder || '.', command));
  return candidates.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
