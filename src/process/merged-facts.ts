import type { ProcessFacts } from '../core/actor.js';
import { continues } from './command-line.js';

/**
 * The sensor's facts of a process, completed by what /proc tells of it. What the sensor knows
 * stands; only arguments that it cut off are continued. `ofThread`: the name is a thread's, which
 * need not be the process's.
 */
export function mergedFacts(known: ProcessFacts, found: ProcessFacts, ofThread = false): ProcessFacts {
  const { executable, args, ...lasting } = found;
  if (!sameProgram(known, found, ofThread)) return { ...lasting, ...known };
  const completed = { ...found, ...known };
  return args === undefined || known.args === undefined ? completed : { ...completed, args };
}

/** execve(2) keeps pid and start time: what /proc tells now may be of the program that came after. */
export function sameProgram(known: ProcessFacts, found: ProcessFacts, ofThread: boolean): boolean {
  if (known.args !== undefined && known.args.length > 0) {
    return found.args !== undefined && continues(known.args, found.args);
  }
  return ofThread || known.name === undefined || known.name === found.name;
}
