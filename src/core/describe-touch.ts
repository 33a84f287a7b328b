import type { Actor, ProcessFacts } from './actor.js';
import type { Touch } from './touch.js';
import type { Trap } from './trap.js';

/** One sentence for a person: who did what to which trap. */
export function describeTouch(touch: Touch, trap: Trap): string {
  return `${describeActor(touch.actor)}: ${touch.op} of ${trap.path}`;
}

/** `cat[812] (www-data)`, with a hint where the name is only a guess. */
export function describeActor(actor: Actor): string {
  if (actor.process === undefined) return 'an unknown process';
  const text = `${describeProcess(actor.process)} (${describeUser(actor.process)})`;
  return actor.certainty === 'kernel' ? text : `probably ${text}`;
}

/** `name[pid]`. */
export function describeProcess(process: ProcessFacts): string {
  return `${process.name ?? '?'}[${process.pid}]`;
}

function describeUser({ uid, userName }: ProcessFacts): string {
  return userName ?? (uid === undefined ? 'unknown user' : `uid ${uid}`);
}
