import type { Actor } from '../actor.js';

/** Completes what a sensor knows of an actor with what /proc and the user database still tell. */
export interface ProcessInspector {
  /** Never rejects; a process that is gone or was replaced keeps only the sensor's facts. */
  complete(actor: Actor): Promise<Actor>;
}
