import { z } from 'zod';
import { printableText } from '../core/printable.js';
import { readYamlText } from './load-config.js';
import { parseYaml } from './parse-yaml.js';

/** One entry of the manifest: traps of one kind in one place, or in every place that its path gives. */
export interface ManifestEntry {
  readonly kind: string;
  readonly path: string;
  readonly owner?: string | number | undefined;
  readonly group?: string | number | undefined;
  /** Permission bits. */
  readonly mode?: number | undefined;
  readonly ageDays?: { readonly youngest: number; readonly oldest: number } | undefined;
  readonly count?: number | undefined;
  /** File and line, for messages. */
  readonly source: string;
}

const name = z.union([
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/, 'expected a name or a number'),
  z
    .int()
    .min(0)
    .max(2 ** 32 - 2),
]);

const days = z.int().min(0).max(3650);

const pathPattern =
  /^(?!.*(?:^|\/)\.\.?(?:\/|$))(?:~(?:\*|[A-Za-z_][A-Za-z0-9_.-]*)\/|\/|(?=[^~/]))[^\p{C}]*$|^$/u;

const entrySchema = (kinds: readonly string[]) =>
  z.strictObject({
    kind: z.enum(kinds as [string, ...string[]]),
    path: z
      .string()
      .regex(
        pathPattern,
        'expected a path that begins with /, ~USER/, ~*/ or a name below traps_dir, without ".."',
      )
      .refine((path) => !/[*?[][^/]*$/.test(path), 'expected patterns in folders only, not in the file name')
      .default(''),
    owner: name.optional(),
    group: name.optional(),
    // YAML reads 0640 as a number of ten digits' system: only as text it is what was meant.
    mode: z
      .string('expected the mode in quotes, such as "0640"')
      .regex(/^0?[0-7]{3}$/, 'expected a mode such as "0640"')
      .optional(),
    age_days: z
      .strictObject({ youngest: days, oldest: days })
      .refine((age) => age.youngest <= age.oldest, 'expected youngest not to exceed oldest')
      .optional(),
    count: z.int().min(1).max(50_000).optional(),
  });

const manifestSchema = (kinds: readonly string[]) =>
  z.strictObject({ traps: z.array(entrySchema(kinds)).min(1).max(10_000) });

/**
 * Reads the manifest of traps. `kinds` are the names that it may use.
 * @throws ConfigInvalid naming file, line and key
 */
export async function loadManifest(path: string, kinds: readonly string[]): Promise<ManifestEntry[]> {
  return parseManifest(await readYamlText(path), path, kinds);
}

/**
 * Validates the text of a manifest; `path` is only named in messages.
 * @throws ConfigInvalid
 */
export function parseManifest(text: string, path: string, kinds: readonly string[]): ManifestEntry[] {
  const { value, lineOf } = parseYaml(text, path, manifestSchema(kinds));
  return value.traps.map(({ age_days: ageDays, mode, ...entry }, index) => ({
    ...entry,
    ...(mode !== undefined && { mode: Number.parseInt(mode, 8) }),
    ...(ageDays && { ageDays }),
    source: `${printableText(path)}:${lineOf(['traps', index])}`,
  }));
}
