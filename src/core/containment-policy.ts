import type { Touch } from './touch.js';

/** What the configuration wants done to whoever touches a trap. */
export interface ContainmentPolicy {
  /** `deny` is the fanotify sensor's own doing and sends no signal. */
  readonly containment: 'observe' | 'inspect' | 'freeze' | 'kill' | 'deny';
  /** The same for whoever changes a trap, where it is stronger. */
  readonly onTamper: 'observe' | 'freeze' | 'kill';
}

export type ContainmentStep = 'observe' | 'inspect' | 'freeze' | 'kill';

const strength: Readonly<Record<ContainmentStep, number>> = { observe: 0, inspect: 1, freeze: 2, kill: 3 };

/** What is due for this touch: the stronger of the two rules where the trap was tampered with. */
export function dueStep({ containment, onTamper }: ContainmentPolicy, touch: Touch): ContainmentStep {
  // Who looks what is in a folder has not gone for the trap yet.
  if (touch.op === 'list') return 'observe';
  const general = containment === 'deny' ? 'observe' : containment;
  return touch.tampers === true && strength[onTamper] > strength[general] ? onTamper : general;
}
