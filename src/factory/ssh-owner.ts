import type { Person, Persona } from './persona.js';
import { storyteller } from './storyteller.js';

/**
 * Whose files lie at `path`: the colleague whose home it is, root below /root, else one of those who
 * work on servers; always the same for the same path.
 */
export function ownerOf(persona: Persona, path: string): { readonly login: string; readonly host: string } {
  const story = storyteller(persona.seed, `owner of ${path}`);
  const { application, files, continuousIntegration, monitoring, backup } = persona.hosts;
  const host = story.helpers.arrayElement([
    application,
    files,
    continuousIntegration,
    monitoring,
    backup,
  ]).name;
  const home = /^\/home\/([a-z_][a-z0-9_.-]*)\//.exec(path)?.[1];
  if (home !== undefined) return { login: home, host };
  if (path.startsWith('/root/')) return { login: 'root', host };
  return { login: technician(persona, path).login, host };
}

/** Someone who works on servers; always the same for the same path. */
export function technician(persona: Persona, path: string): Person {
  const story = storyteller(persona.seed, `technician of ${path}`);
  return story.helpers.arrayElement([persona.administrator, persona.administrator, persona.developer]);
}
