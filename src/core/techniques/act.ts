import type { TrailEvent, TrailKind } from '../trail.js';
import type { Options } from './options.js';

/**
 * One thing that an event shows: a program that runs, a file that is written. An event shows several
 * when programs run others (`sudo`, `sh -c`) or say in their arguments what they will do to a file.
 */
export interface Act {
  readonly kind: TrailKind;
  /** As rules name it; see `programName`. */
  readonly program: string;
  /** Arguments without the program. */
  readonly args: readonly string[];
  /** The arguments told apart; made when it is first asked for. */
  readonly options: () => Options;
  /** Program and arguments as one text in lower case, bounded; made when it is first asked for. */
  readonly text: () => string;
  /** Every path that is named; see `namedPath`. */
  readonly paths: readonly string[];
  /** Variables that are set for or by this command. */
  readonly sets: readonly string[];
  /** Programs of the same pipeline before and behind this one. */
  readonly pipedFrom: readonly string[];
  readonly pipedTo: readonly string[];
  /** Whether its input is a file: `< file`. */
  readonly fileInput: boolean;
  /** File of the program that runs, as far as it is known. */
  readonly executable: string | undefined;
  /** New mode of a chmod, in bits. */
  readonly mode: number | undefined;
  readonly event: TrailEvent;
}
