import type { ActorDetails } from './actor-details.js';
import { describeActor } from './describe-touch.js';

/** One sentence for a person: what is known of an actor by now, and from where it came. */
export function describeDetails(details: ActorDetails): string {
  return [describeActor(details.actor), stateOf(details), originOf(details)]
    .filter((part) => part !== undefined)
    .join(', ');
}

function stateOf({ state, laterExecutable }: ActorDetails): string | undefined {
  if (state !== 'alive') return state;
  return laterExecutable === undefined ? undefined : `by now ${laterExecutable}`;
}

function originOf({ login, claimedLogin, container, systemdUnit }: ActorDetails): string | undefined {
  if (login !== undefined) return `logged in from ${login.ip}`;
  if (claimedLogin !== undefined) return `says it logged in from ${claimedLogin.ip}`;
  if (container !== undefined) return `in container ${container.id.slice(0, 12)}`;
  return systemdUnit === undefined ? undefined : `of ${systemdUnit}`;
}
