import type { Config } from '../config/schema.js';
import type { TrapState } from '../factory/listing.js';
import { suggestManifest } from '../factory/suggest-manifest.js';
import { composeFactory } from './compose.js';
import { NotRoot } from './failure.js';

/** Name, meaning and usual path of every kind. */
export async function listKinds(config: Config) {
  return composeFactory(config).describeKinds();
}

/**
 * Every trap that is not retired.
 * @throws NotRoot, RegistryCorrupt
 */
export async function listTraps(config: Config): Promise<readonly TrapState[]> {
  requireRoot('traps');
  return composeFactory(config).list();
}

/**
 * What a planting would do, one line each; nothing is changed.
 * @throws NotRoot, RegistryCorrupt, ConfigInvalid
 */
export async function previewPlanting(config: Config): Promise<string[]> {
  requireRoot('plant');
  const { wouldPlant, there, leftOut, isExample } = await composeFactory(config).preview();
  return [
    ...(isExample ? [example] : []),
    ...wouldPlant.map(({ kind, path }) => `would plant ${path} (${kind})`),
    ...leftOut.map(({ path, reason }) => `would leave out ${path}: ${reason}`),
    `${wouldPlant.length} would be planted, ${there} are there, ${leftOut.length} would be left out`,
  ];
}

/** A manifest for this host, as YAML. */
export async function suggestTraps(): Promise<string> {
  return suggestManifest();
}

// A seed that was written down would be a change; one that can be computed would tell an intruder the story.
const example =
  'nothing was planted here yet: the story is drawn then, and names that it chooses (a project, a year) are examples below';

function requireRoot(command: string): void {
  if (process.geteuid?.() !== 0) throw new NotRoot(`phantomd ${command} must run as root`);
}
