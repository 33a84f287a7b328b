import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { Missing } from '../item.js';
import { programExists } from '../requirements.js';
import { startChild } from './child.js';
import { untilSeen } from './seen.js';
import type { Watcher } from './watcher.js';

/** A program that prints the accesses that it sees, one a line, with the name of the file. */
export function programWatcher(
  title: string,
  file: string,
  command: readonly [string, ...string[]],
): Watcher {
  return {
    title,
    async start(workspace) {
      if (!programExists(command[0])) throw new Missing(`no ${command[0]} on this host`);
      const output = join(workspace.root, `${title.split(' ')[0]}-${randomBytes(4).toString('hex')}.out`);
      const child = startChild(workspace, command, output);
      await untilSeen(child, { file, mark: basename(file), output });
      return child;
    },
  };
}
