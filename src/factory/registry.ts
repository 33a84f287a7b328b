import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { decoyServices } from '../core/decoy/decoy-service.js';
import { replaceDurably } from './durable-file.js';
import { explaining, RegistryCorrupt, unless } from './errors.js';
import { type Locale, locales } from './locale.js';

// Device and inode numbers have 64 bits: more than a JSON number holds.
const number64 = z.string().regex(/^\d{1,20}$/);
const absolutePath = z.string().startsWith('/');

const entrySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+-[0-9a-f]{8}$/),
  kind: z.string().min(1),
  /** Raw path, as the file system has it. */
  path: absolutePath,
  device: number64,
  inode: number64,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Bytes. */
  size: z.int().min(0),
  mtime: z.iso.datetime(),
  plantedAt: z.iso.datetime(),
  /** When it was found gone. Its secrets stay known: they may turn up somewhere. */
  retiredAt: z.iso.datetime().optional(),
  secrets: z.array(z.strictObject({ label: z.string(), value: z.string() })),
  /** What opens the decoy: a login with it says that this trap leaked. */
  logins: z
    .array(z.strictObject({ service: z.enum(decoyServices), user: z.string(), password: z.string() }))
    .optional(),
  /** Id of the trap that it lies beside, of which it is a companion. */
  beside: z.string().optional(),
  /** It lies in a folder that others than root may change. Absent: nobody else may. */
  place: z.literal('open').optional(),
});

const registrySchema = z.strictObject({
  version: z.literal(1),
  /** Seed of the persona. */
  seed: z.int().min(0),
  /** Language of the persona; registries of before have none. */
  locale: z.enum(locales).default('en'),
  /** When the story began: years in names of files are counted from here. Registries of before have none. */
  begunAt: z.iso.datetime().optional(),
  /** Folders that were made for traps, outer ones first. */
  folders: z.array(z.strictObject({ path: absolutePath, inode: number64 })),
  /**
   * Folders that a planting under way is about to make, outer ones first: if it never ended, those that are
   * empty are removed. Absent when none is to be made.
   */
  comingFolders: z.array(absolutePath).optional(),
  /** Files of a planting that is under way, to be removed if it never ended. */
  temporaries: z.array(absolutePath),
  traps: z.array(entrySchema),
});

/** What is known of one planting. */
export type TrapEntry = z.output<typeof entrySchema>;
/** Everything planted on this host. */
export type Registry = z.output<typeof registrySchema>;

/**
 * So many traps that are gone stay known with their secrets: at about 2 kB each, 20 MB. Of more the oldest
 * are forgotten.
 */
export const mostRetired = 10_000;

/** The entries without the oldest of those that are retired, beyond what is kept. */
export function withoutOldest(entries: readonly TrapEntry[], most = mostRetired): TrapEntry[] {
  const retired = entries.flatMap(({ retiredAt }) => retiredAt ?? []).sort();
  const excess = retired.length - most;
  if (excess <= 0) return [...entries];
  let left = excess;
  const bound = retired[excess - 1] as string;
  return entries.filter(({ retiredAt }) => {
    if (retiredAt === undefined || retiredAt > bound || left === 0) return true;
    left -= 1;
    return false;
  });
}

/** The registry file, `<state_dir>/registry.json`. Its folder must be safe. */
export class RegistryFile {
  readonly path: string;

  constructor(stateDir: string) {
    this.path = join(stateDir, 'registry.json');
  }

  /**
   * The registry; undefined when there is none yet.
   * @throws RegistryCorrupt, PlantingFailed
   */
  async read(): Promise<Registry | undefined> {
    const text = await explaining(this.path, () => unless('ENOENT', () => readText(this.path)));
    if (text === undefined) return undefined;
    const parsed = registrySchema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join('.') || 'the whole file';
    throw new RegistryCorrupt(
      `${this.path} is damaged (${where}); restore it from a backup, or move it away and remove the old traps by hand`,
    );
  }

  /**
   * Replaces the registry in one step; durable when it resolves.
   * @throws PlantingFailed
   */
  async write(registry: Registry): Promise<void> {
    await replaceDurably(this.path, `${JSON.stringify(registrySchema.parse(registry), undefined, 2)}\n`);
  }
}

/** A registry without traps and with a story of its own, which begins now. */
export function newRegistry(locale: Locale, now: Date): Registry {
  // All that a safe integer holds: a story says enough of its seed (a machine id, the name of the company) that whoever
  // has this program could try two billion of them in minutes, and would know the story for one.
  const seed = Number(randomBytes(8).readBigUInt64LE() >> 11n);
  return {
    version: 1,
    seed,
    locale,
    begunAt: now.toISOString(),
    folders: [],
    temporaries: [],
    traps: [],
  };
}

/**
 * The registry with the language that its story is to be told in. Traps that lie there bind the story to the
 * language and the time it has: half a company would speak another. With the last of them gone it begins anew.
 */
export function toldIn(registry: Registry, locale: Locale, now: Date): Registry {
  const bound = registry.traps.some((trap) => trap.retiredAt === undefined);
  return bound ? registry : { ...registry, locale, begunAt: now.toISOString() };
}

async function readText(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
