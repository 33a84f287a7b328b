import type { Actor } from '../actor.js';
import type { EvidenceFile } from '../evidence-of.js';

/**
 * Takes the evidence of a process in two steps, so that it stands still for milliseconds only:
 *
 *     const seized = await source.seize(actor);   // the process stands still
 *     await containment.release(process);         // now it may go on
 *     try {
 *       for (const file of seized.files) await store.save(incidentId, file.name, file.content);
 *       for await (const file of seized.rest()) await store.save(incidentId, file.name, file.content);
 *     } finally {
 *       seized.close();
 *     }
 */
export interface EvidenceSource {
  /**
   * Reads what changes once the process runs again, within 15 ms or so (a core takes longer: about a ms
   * a MB), and holds on to its program. What could not be read in that time is left out or comes with
   * `rest`. Also of a process that was not stopped. Never rejects; of a process that is gone, or that
   * the actor does not name for good, there are no files.
   */
  seize(actor: Actor): Promise<Seized>;
}

export interface Seized {
  /** In the order of their worth. Their names are the process's own: nothing is seized twice under one. */
  readonly files: readonly EvidenceFile[];
  /**
   * What may be read after the process runs again, each when it is asked for: a core, the program's copy,
   * histories of shells. Never throws, and a large content of it can be read once, before the next one.
   */
  rest(): AsyncIterable<EvidenceFile>;
  /** Lets go of the program; before or after `rest`, and as often as one likes. */
  close(): void;
}
