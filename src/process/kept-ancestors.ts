import type { ProcessFacts } from '../core/actor.js';

/** What happened lies near the process; who logged in, and PID 1, at the other end. */
const nearest = 40;
const farthest = 24;

/** Whether the ancestor at `index` of a chain of `length` is kept. */
export function isKept(index: number, length: number): boolean {
  return index < nearest || index >= length - farthest;
}

/** A chain as an actor has it: all of it, or both ends and how many between them are left out. */
export function keptAncestors(chain: readonly ProcessFacts[]): {
  ancestors: ProcessFacts[];
  ancestorsOmitted?: number;
} {
  const ancestors = chain.filter((_, index) => isKept(index, chain.length));
  const ancestorsOmitted = chain.length - ancestors.length;
  return { ancestors, ...(ancestorsOmitted > 0 && { ancestorsOmitted }) };
}
