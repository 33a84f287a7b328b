import type { Actor } from '../actor.js';
import type { Exemption } from '../exemption.js';

/** The configured exemptions, held against what this host knows of an actor. */
export interface Exemptions {
  /**
   * The rule that an actor fulfils. Told at once, but where a program was replaced a moment ago: then
   * the rules are looked at anew first. Never throws or rejects.
   */
  ruleFor(actor: Actor): Exemption | undefined | Promise<Exemption | undefined>;
}
