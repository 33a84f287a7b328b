import type { DecoyStory } from '../../../core/decoy/decoy-story.js';

/** Whether a visitor may find a database of this name: the project's own by any name that a trap gives it. */
export function databaseExists({ project }: DecoyStory, name: string): boolean {
  if (name === 'postgres' || name === 'template1' || name === project) return true;
  const rest = name.startsWith(project) ? name.slice(project.length) : '';
  return [
    'db',
    '_db',
    '_prod',
    '_production',
    '_live',
    '_main',
    '_app',
    '_web',
    '_dwh',
    '_warehouse',
  ].includes(rest);
}
