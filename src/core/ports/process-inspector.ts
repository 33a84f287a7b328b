import type { Actor } from '../actor.js';
import type { ActorDetails } from '../actor-details.js';

/**
 * Completes what a sensor knows of an actor with what /proc and the user database still tell, in two
 * looks: the record of the touch waits for the first alone. Neither rejects, and a process that is
 * gone or was replaced keeps only the sensor's facts.
 */
export interface ProcessInspector {
  /** What names the actor: user, program, the chain to PID 1. A ms or two. */
  glance(actor: Actor): Promise<Actor>;
  /**
   * Everything else, as long as it is there to be asked. Up to a second. What can wait does so until
   * `recorded` settles, and stands in the way of no write before.
   */
  describe(actor: Actor, recorded?: Promise<unknown>): Promise<ActorDetails>;
}
