import { dirname, join } from 'node:path';
import type { Trap } from '../core/trap.js';
import { bringOut } from './bring-out.js';
import type { Bringing, Progress } from './bringing.js';
import { draftGroup, type Group } from './draft.js';
import { FolderPool } from './folder-pool.js';
import { missingLevels, removeUnrecorded, stillThere } from './made-folders.js';
import { nearTraps } from './near-traps.js';
import { type Locale, type Persona, personaFrom } from './persona.js';
import { newRegistry, type Registry, toldIn, withoutOldest } from './registry.js';
import { type RotationOptions, rotations } from './rotation.js';
import { type LeftAlone, surveyTraps, type Target, trapOf } from './survey.js';
import { discardAll } from './trap-file.js';
import { undo } from './undo.js';

/** Where traps are to lie, and what was left out with the reason. */
export interface Plan {
  readonly targets: readonly Target[];
  readonly leftOut: readonly LeftAlone[];
}

export interface PlantOptions extends Bringing, RotationOptions {
  /** Absolute and normal. */
  readonly trapsDir: string;
  /** Language of a story that begins; see `toldIn`. */
  readonly locale: Locale;
  /** @throws PlantingRefused where what is wanted makes no sense */
  plan(persona: Persona, registry: Registry): Promise<Plan>;
}

export interface PlantResult {
  readonly planted: readonly Trap[];
  /** Planted earlier and unchanged since. */
  readonly kept: readonly Trap[];
  /** Paths where something lies that is not ours, or no longer; nothing was changed there. */
  readonly skipped: readonly LeftAlone[];
  /** Traps that others took over from. */
  readonly replaced: readonly Trap[];
}

/**
 * Plants a trap at each target where none is, and new ones in the place of those that are rotated; what
 * is there already is never overwritten. The registry and the sealed copy of a trap are durable before it
 * appears under its name. A trap appears with all its companions or not at all.
 * @throws PlantingRefused, PlantingFailed (nothing half done is left), RegistryCorrupt
 */
export async function plant(options: PlantOptions): Promise<PlantResult> {
  const { registryFile, sealed } = options;
  await sealed.prepare();
  const { comingFolders = [], ...registry } = toldIn(
    (await registryFile.read()) ?? newRegistry(options.locale, options.now),
    options.locale,
    options.now,
  );
  await discardAll(registry.temporaries);
  await removeUnrecorded(comingFolders);
  await sealed.keepOnly(new Set(registry.traps.map(({ id }) => id)));
  const progress: Progress = {
    registry,
    persona: personaFrom(registry.seed, registry.locale),
    folders: new FolderPool(options.trapsDir),
    groups: [],
    published: [],
  };
  try {
    return await bringAbout(options, progress);
  } catch (error) {
    await undo(options, progress).catch(() => {
      // The disk may be full for this too; the next planting cleans up by the registry.
    });
    throw error;
  } finally {
    await progress.folders.close();
  }
}

/** Files and their folders. */
function countOf(groups: readonly Group[]): number {
  const files = groups.reduce((sum, { members }) => sum + members.length, 0);
  return files + new Set(groups.map(({ folder }) => folder)).size;
}

async function bringAbout(options: PlantOptions, progress: Progress): Promise<PlantResult> {
  const { now } = options;
  const { registry, persona, folders } = progress;
  const there = await stillThere(registry.folders);
  const { targets, leftOut } = await options.plan(persona, registry);
  const coming = await missingLevels(targets.map(({ path }) => dirname(path)));
  if (coming.length > 0) await options.registryFile.write({ ...registry, comingFolders: coming });
  const survey = await surveyTraps(registry.traps, targets, now, folders);
  const rotated = rotations(survey, targets, options);
  const groups = [...survey.free, ...rotated.targets].map((target) => draftGroup(target, now));
  progress.groups = groups;
  options.watch?.found?.(survey.kept.map(trapOf), countOf(groups));
  progress.registry = {
    ...registry,
    folders: [...there, ...folders.made],
    temporaries: groups.flatMap(({ folder, members }) =>
      members.map(({ temporary }) => join(folder, temporary)),
    ),
    traps: withoutOldest(survey.entries),
  };
  const renewed = new Set(groups.map(({ target }) => target.path));
  // Only what lies there or comes: whoever follows a note to a place that refused the trap finds nothing.
  const near = nearTraps([
    ...survey.kept.filter(({ beside, path }) => beside === undefined && !renewed.has(path)),
    ...groups.map(({ target: { kind, path } }) => ({ kind: kind.name, path })),
  ]);
  const { lost, replaced } = await bringOut(options, progress, near);
  const gone = new Set(replaced.map(({ id }) => id));
  return {
    planted: progress.published.map(trapOf),
    kept: survey.kept.filter(({ id }) => !gone.has(id)).map(trapOf),
    skipped: [...leftOut, ...survey.skipped, ...rotated.left, ...lost],
    replaced: replaced.map(trapOf),
  };
}
