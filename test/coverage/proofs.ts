import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Proof } from './route.js';

/** Name of a copy, a link or the renamed trap in a route's work folder. */
export const copyName = 'taken.txt';

/** The trap's bytes are in the work folder. */
export const copied: Proof = async ({ work, content }) =>
  (await readFile(join(work, copyName))).equals(content);

/** The trap is no longer under its name. */
export const gone: Proof = ({ trap }) =>
  lstat(trap).then(
    () => false,
    () => true,
  );

/** Other bytes are under the trap's name. */
export const changed: Proof = async ({ trap, content }) => !(await readFile(trap)).equals(content);
