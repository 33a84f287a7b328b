import type { Actor } from '../../core/actor.js';
import type { EvidenceSource, Seized } from '../../core/ports/evidence-source.js';
import { AncestryClimber } from '../ancestry-climber.js';
import type { ProcReader } from '../proc-reader.js';
import { identityOf } from '../process-identity.js';
import { ProgramFiles } from '../program-file.js';
import { isEnded, Sitter } from '../sitter.js';
import { Seizure } from './seizure.js';

export interface ProcEvidenceSourceOptions {
  readonly reader: ProcReader;
  /** Longest copy of a program in bytes; 0 for none. */
  readonly executableBytes: number;
  /** Longest core in bytes; none is taken when absent. */
  readonly coreBytes?: number;
  /** A folder of root's alone with room for a core. */
  readonly scratchDir: string;
  /** How long in ms reads may take that wait for the process's own memory, 8 when absent. */
  readonly heldMs?: number;
  /** How long in ms a core may take, 1,000 when absent. */
  readonly coreMs?: number;
}

const nothing: Seized = {
  files: [],
  async *rest() {},
  close() {},
};

/** Takes evidence of processes from /proc. */
export class ProcEvidenceSource implements EvidenceSource {
  readonly #options: ProcEvidenceSourceOptions;
  readonly #programs = new ProgramFiles();
  readonly #climber: AncestryClimber;

  constructor(options: ProcEvidenceSourceOptions) {
    this.#options = options;
    this.#climber = new AncestryClimber(options.reader);
  }

  async seize(actor: Actor): Promise<Seized> {
    try {
      return await this.#seize(actor);
    } catch {
      // Gone in the middle.
      return nothing;
    }
  }

  async #seize(actor: Actor): Promise<Seized> {
    const { reader } = this.#options;
    const identity = actor.process && identityOf(actor.process);
    const sitter = identity && Sitter.meet(reader, identity, actor.threadId);
    if (identity === undefined || sitter === undefined || sitter.stat.ofKernel || isEnded(sitter.stat))
      return nothing;
    const last = identityOf(actor.ancestors.at(-1) ?? identity);
    const above = last === undefined ? [] : await this.#climber.climb(last, performance.now() + 1);
    const seizure = new Seizure(
      { ...actor, ancestors: [...actor.ancestors, ...above] },
      { identity, sitter, programs: this.#programs, ...this.#options },
    );
    try {
      await seizure.hold();
      if (sitter.isSame()) return seizure;
    } catch {
      // As if it had gone.
    }
    seizure.close();
    return nothing;
  }
}
