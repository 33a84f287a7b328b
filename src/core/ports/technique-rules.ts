import type { TechniqueMatch } from '../technique.js';
import type { TrailEvent } from '../trail.js';

/** Says which ATT&CK techniques an event of a followed process shows. */
export interface TechniqueRules {
  /** Version of ATT&CK that the rules are written for, such as `19.1`. */
  readonly attackVersion: string;
  /** Never throws; most events show none. */
  match(event: TrailEvent): readonly TechniqueMatch[];
}
