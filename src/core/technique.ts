/** An ATT&CK tactic, such as TA0006 Credential Access. */
export interface Tactic {
  readonly id: string;
  readonly name: string;
}

/** An ATT&CK technique or sub-technique, such as T1552.001. */
export interface Technique {
  readonly id: string;
  readonly name: string;
  readonly tactics: readonly Tactic[];
  /** Ids that older versions of ATT&CK had for it, and that other tools may still know. */
  readonly formerly?: readonly string[];
}

/** A technique that an event showed, and the rule that said so. */
export interface TechniqueMatch {
  readonly technique: Technique;
  /** Name of the rule within its technique. */
  readonly rule: string;
}
