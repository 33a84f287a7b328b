import type { ProcessFacts } from './actor.js';
import type { ContainedProcess } from './ports/containment.js';

/** Undefined without a start time: a pid alone may be another process's by now. */
export function containedProcess(facts: ProcessFacts | undefined): ContainedProcess | undefined {
  if (facts?.startedAtNs === undefined) return undefined;
  return { pid: facts.pid, startedAtNs: facts.startedAtNs };
}
