import type { TrailKind } from '../trail.js';
import type { AddressScope } from './address-scope.js';

/** Every part that is given must hold of one and the same path. Words may hold `*`. */
export interface PathCondition {
  readonly is?: readonly string[] | undefined;
  /** In one of these folders, at any depth. */
  readonly under?: readonly string[] | undefined;
  /** Its last part. */
  readonly name?: readonly string[] | undefined;
  readonly suffix?: readonly string[] | undefined;
  readonly contains?: readonly string[] | undefined;
  /** Its last part begins with a dot. */
  readonly hidden?: boolean | undefined;
  /** It is none of these. */
  readonly not?: readonly PathCondition[] | undefined;
}

/** Different paths directly in one of these folders. */
export interface ChildrenCondition {
  readonly of: readonly string[];
  readonly atLeast: number;
}

export interface ArgsCondition {
  /** At least one argument is one of these. Words may hold `*`. */
  readonly any?: readonly string[] | undefined;
  /** Each of these is an argument. */
  readonly all?: readonly string[] | undefined;
  readonly none?: readonly string[] | undefined;
  /** One argument matches; see `linearRegex`. */
  readonly regex?: string | undefined;
  readonly last?: readonly string[] | undefined;
  readonly atMost?: number | undefined;
  readonly atLeast?: number | undefined;
}

/** Looks at program and arguments as one text, without case. */
export interface TextCondition {
  readonly any?: readonly string[] | undefined;
  readonly all?: readonly string[] | undefined;
  readonly regex?: string | undefined;
}

export interface AddressCondition {
  readonly scope?: readonly AddressScope[] | undefined;
  readonly ip?: readonly string[] | undefined;
  /** A port, or a range such as `6660-6669`. */
  readonly port?: readonly (number | string)[] | undefined;
  readonly path?: readonly string[] | undefined;
}

export const modeWords = ['setuid', 'setgid', 'executable', 'world-writable'] as const;
export type ModeWord = (typeof modeWords)[number];

/** What must be true of an act; every part that is given must hold. */
export interface Condition {
  readonly program?: readonly string[] | undefined;
  /**
   * The program is one of these by its file, and that lies where only packages put it: see `packagedProgram`.
   * Exclusions ask this: `program` may be what a process calls itself.
   */
  readonly installed?: readonly string[] | undefined;
  /** The first argument that is no option, such as `stop` in `systemctl --now stop x`. */
  readonly verb?: readonly string[] | undefined;
  /** An option: one letter stands for a short one, also in a bundle; more letters for a long one. */
  readonly flag?: readonly string[] | undefined;
  readonly args?: ArgsCondition | undefined;
  readonly text?: TextCondition | undefined;
  readonly path?: PathCondition | undefined;
  readonly children?: ChildrenCondition | undefined;
  /** File of the program that runs. */
  readonly executable?: PathCondition | undefined;
  /** Variables that are set. */
  readonly sets?: readonly string[] | undefined;
  readonly pipedTo?: readonly string[] | undefined;
  readonly pipedFrom?: readonly string[] | undefined;
  readonly fileInput?: boolean | undefined;
  readonly address?: AddressCondition | undefined;
  readonly parent?:
    | { readonly program?: readonly string[] | undefined; readonly installed?: readonly string[] | undefined }
    | undefined;
  readonly mode?: readonly ModeWord[] | undefined;
  /** Privileges rose to these. */
  readonly gained?: 'root' | undefined;
  readonly not?: Condition | undefined;
  /** At least one of these. */
  readonly any?: readonly Condition[] | undefined;
}

/** One rule: which acts show which techniques. */
export interface Rule {
  readonly name: string;
  /** Ids. */
  readonly techniques: readonly string[];
  readonly on: readonly TrailKind[];
  readonly when: Condition;
}
