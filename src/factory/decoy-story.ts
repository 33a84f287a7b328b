import type { DecoyLogin } from '../core/decoy/decoy-service.js';
import type { DecoyStory } from '../core/decoy/decoy-story.js';
import type { Persona } from './persona.js';
import type { TrapEntry } from './registry.js';

/** What the decoy shows: the story of these traps. Who can log in by SSH has an account there. */
export function decoyStoryOf(persona: Persona, logins: readonly DecoyLogin[], hostname: string): DecoyStory {
  const { seed, locale, companyShort, domain, internalDomain, project, people, hosts } = persona;
  const users = new Set(logins.flatMap(({ service, user }) => (service === 'ssh' ? [user] : [])));
  const nameOf = new Map(people.map(({ login, fullName }) => [login, fullName]));
  return {
    seed,
    locale,
    hostname,
    company: companyShort,
    domain,
    internalDomain,
    project,
    people: people.map(({ fullName, login, email, position }) => ({
      name: fullName,
      login,
      email,
      title: position.title,
    })),
    hosts: Object.entries(hosts).map(([role, { name, address }]) => ({ role, name, address })),
    accounts: [...users].sort().map((login) => ({ login, fullName: nameOf.get(login) ?? '' })),
  };
}

/** Every login that stands in these traps, those that are gone included: what leaked before may turn up later. */
export function decoyLoginsOf(traps: readonly TrapEntry[]): DecoyLogin[] {
  return traps.flatMap(({ id, logins = [] }) =>
    logins.map((login, place) => ({ id: loginId(id, place), ...login })),
  );
}

function loginId(trapId: string, place: number): string {
  return `${trapId}/${place}`;
}

/** Id of the trap that a login stands in. */
export function trapOfLogin(id: string): string {
  return id.slice(0, id.lastIndexOf('/'));
}
