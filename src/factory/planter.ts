import { dirname, join } from 'node:path';
import type { Trap } from '../core/trap.js';
import type { AgeDays } from './ages.js';
import type { DecoyAddresses } from './decoy-addresses.js';
import { type Draft, draftTrap } from './draft.js';
import type { KeyPool } from './key-pool.js';
import { ageFolders, removeFolders, stillThere } from './made-folders.js';
import { type Locale, personaFrom } from './persona.js';
import { newRegistry, type Registry, type RegistryFile, type TrapEntry, toldIn } from './registry.js';
import { type FolderRecord, secureFolder } from './safe-folder.js';
import type { SealedCopies } from './sealed-copies.js';
import { type LeftAlone, leftAlone, type Survey, surveyTraps, trapOf } from './survey.js';
import type { Templates } from './templates.js';
import { discard, publish, stage } from './trap-file.js';
import type { TrapKind } from './trap-kind.js';

export interface PlantOptions {
  /** Absolute and normal. */
  readonly trapsDir: string;
  readonly registryFile: RegistryFile;
  readonly sealed: SealedCopies;
  readonly templates: Templates;
  readonly kinds: readonly TrapKind[];
  /** Language of a story that begins; see `toldIn`. */
  readonly locale: Locale;
  readonly decoy: DecoyAddresses;
  readonly keys: KeyPool;
  readonly ageDays: AgeDays;
  readonly now: Date;
  /** Called when the files are written and before they get their names. */
  readonly placing?: Placing;
}

/** Told of traps that are about to appear, and where their files lie until then. */
export type Placing = (traps: readonly Trap[], nowAt: (trap: Trap) => string) => Promise<void>;

export interface PlantResult {
  readonly planted: readonly Trap[];
  /** Planted earlier and unchanged since. */
  readonly kept: readonly Trap[];
  /** Paths where something lies that is not ours, or no longer; nothing was changed there. */
  readonly skipped: readonly LeftAlone[];
}

/** What a planting has done so far: as much as it takes to undo it. */
interface Progress {
  registry: Registry;
  readonly made: FolderRecord[];
  readonly drafts: Draft[];
  readonly published: TrapEntry[];
}

/**
 * Plants a trap of each kind where none is; what is there already is never overwritten. The
 * registry and the sealed copy of a trap are durable before it appears under its name.
 * @throws PlantingRefused, PlantingFailed (nothing half done is left), RegistryCorrupt
 */
export async function plant(options: PlantOptions): Promise<PlantResult> {
  const { registryFile, sealed } = options;
  await sealed.prepare();
  const registry = toldIn((await registryFile.read()) ?? newRegistry(options.locale), options.locale);
  for (const temporary of registry.temporaries) await discard(temporary);
  await sealed.keepOnly(idsOf(registry));
  const progress: Progress = { registry, made: [], drafts: [], published: [] };
  try {
    const survey = await prepare(options, progress);
    const lost = await bringOut(options, progress);
    return {
      planted: progress.published.map(trapOf),
      kept: survey.kept.map(trapOf),
      skipped: [...survey.skipped, ...lost],
    };
  } catch (error) {
    await undo(options, progress).catch(() => {
      // The disk may be full for this too; the next planting cleans up by the registry.
    });
    throw error;
  }
}

/** Folders, survey, contents: up to the moment before the first file is written. */
async function prepare(options: PlantOptions, progress: Progress): Promise<Survey> {
  const { trapsDir, now } = options;
  const persona = personaFrom(progress.registry.seed, progress.registry.locale);
  const targets = [...new Set(options.kinds)].map((kind) => ({
    kind,
    path: join(trapsDir, kind.relativePath(persona)),
  }));
  const there = await stillThere(progress.registry.folders);
  for (const { path } of targets) await secureFolder(dirname(path), trapsDir, 0o755, progress.made);
  const survey = await surveyTraps(progress.registry.traps, targets, now);
  const neighbours = targets.map(({ kind, path }) => ({ kind: kind.name, path }));
  for (const target of survey.free)
    progress.drafts.push(await draftTrap(target, { ...options, persona, neighbours }));
  progress.registry = {
    ...progress.registry,
    folders: [...there, ...progress.made],
    temporaries: progress.drafts.map((draft) => draft.temporary),
    traps: [...survey.entries],
  };
  return survey;
}

/** Three writes of the registry for any number of traps: names to come, traps to come, traps there. */
async function bringOut(options: PlantOptions, progress: Progress): Promise<LeftAlone[]> {
  const { registryFile, sealed } = options;
  const { registry, drafts, published } = progress;
  await registryFile.write(registry);
  const staged: { draft: Draft; entry: TrapEntry }[] = [];
  for (const draft of drafts) {
    await sealed.seal(draft.facts.id, draft.content);
    const identity = await stage(draft.temporary, draft.content, draft.mode, draft.times);
    staged.push({ draft, entry: { ...draft.facts, ...identity } });
  }
  await registryFile.write({ ...registry, traps: [...registry.traps, ...staged.map(({ entry }) => entry)] });
  const temporaries = new Map(staged.map(({ draft, entry }) => [entry.id, draft.temporary]));
  const traps = staged.map(({ entry }) => trapOf(entry));
  await options.placing?.(traps, ({ id, path }) => temporaries.get(id) ?? path);
  const lost: LeftAlone[] = [];
  for (const { draft, entry } of staged) {
    if (await publish(draft.temporary, entry.path)) published.push(entry);
    else lost.push(leftAlone(entry.path, 'something appeared there during planting'));
  }
  const entries = [...registry.traps, ...published];
  await registryFile.write({ ...registry, temporaries: [], traps: entries });
  if (lost.length > 0) await sealed.keepOnly(idsOf({ traps: entries }));
  if (published.length > 0)
    await ageFolders(
      registry.folders,
      entries.filter((entry) => !entry.retiredAt),
    );
  return lost;
}

async function undo(options: PlantOptions, progress: Progress): Promise<void> {
  for (const draft of progress.drafts) await discard(draft.temporary);
  const { registry, made, published } = progress;
  const { staying } = await removeFolders(made);
  const removed = made.filter((folder) => !staying.includes(folder));
  const folders = [...new Set([...registry.folders, ...staying])].filter(
    (folder) => !removed.includes(folder),
  );
  const traps = [...registry.traps, ...published];
  await options.sealed.keepOnly(idsOf({ traps }));
  await options.registryFile.write({ ...registry, folders, temporaries: [], traps });
}

function idsOf({ traps }: Pick<Registry, 'traps'>): Set<string> {
  return new Set(traps.map((trap) => trap.id));
}
