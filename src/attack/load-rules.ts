import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TechniqueRules } from '../core/ports/technique-rules.js';
import type { Technique } from '../core/technique.js';
import { techniqueMatcher } from '../core/technique-matcher.js';
import type { Condition, Rule } from '../core/techniques/condition.js';
import type { Example } from './example.js';
import { groupsSchema, rulesSchema, techniquesSchema } from './rule-schema.js';
import { RulesInvalid, readYaml } from './yaml-file.js';

/** A rule with the events that it must and must not hold of. */
export interface WrittenRule extends Rule {
  readonly file: string;
  readonly true: readonly Example[];
  readonly false: readonly Example[];
}

/** Everything that a folder of rules says. */
export interface RuleBook {
  readonly attackVersion: string;
  readonly techniques: ReadonlyMap<string, Technique>;
  readonly rules: readonly WrittenRule[];
}

const tableFile = 'techniques.yaml';
const groupsFile = 'groups.yaml';

/**
 * Loads the rules of a folder such as `resources/attack`.
 * @throws RulesInvalid with file and line
 */
export async function loadTechniqueRules(folder: string): Promise<TechniqueRules> {
  const book = await readRuleBook(folder);
  return { attackVersion: book.attackVersion, match: techniqueMatcher(book.rules, book.techniques) };
}

/**
 * Reads `techniques.yaml`, `groups.yaml` and every other `.yaml` file of a folder.
 * @throws RulesInvalid with file and line
 */
export async function readRuleBook(folder: string): Promise<RuleBook> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new RulesInvalid(`${folder}: cannot be read: ${error.code}`);
  });
  const files = new Map<string, string>();
  for (const name of names.filter((given) => given.endsWith('.yaml')).sort())
    files.set(name, await readFile(join(folder, name), 'utf8'));
  return parseRuleBook(files);
}

/**
 * The same of texts by file name.
 * @throws RulesInvalid with file and line
 */
export function parseRuleBook(files: ReadonlyMap<string, string>): RuleBook {
  const { attackVersion, techniques } = parseTechniques(files.get(tableFile) ?? missing(tableFile));
  const groups = readYaml(files.get(groupsFile) ?? '{}', groupsFile, groupsSchema).value;
  const rules: WrittenRule[] = [];
  const names = new Set<string>();
  for (const [file, text] of files)
    if (file !== tableFile && file !== groupsFile)
      rules.push(...parseRules(text, file, { techniques, groups, names }));
  return { attackVersion, techniques, rules };
}

function missing(name: string): never {
  throw new RulesInvalid(`${name}: is missing`);
}

function parseTechniques(text: string): Pick<RuleBook, 'attackVersion' | 'techniques'> {
  const { value, fail } = readYaml(text, tableFile, techniquesSchema);
  const techniques = new Map<string, Technique>();
  for (const [id, { name, tactics, formerly }] of Object.entries(value.techniques)) {
    const known = tactics.map((tactic, index) => {
      const named = value.tactics[tactic];
      if (named === undefined) throw fail(['techniques', id, 'tactics', index], `${id}: no tactic ${tactic}`);
      return { id: tactic, name: named };
    });
    techniques.set(id, { id, name, tactics: known, ...(formerly === undefined ? {} : { formerly }) });
  }
  return { attackVersion: value.attack, techniques };
}

interface Known {
  readonly techniques: ReadonlyMap<string, Technique>;
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly names: Set<string>;
}

function parseRules(text: string, file: string, { techniques, groups, names }: Known): WrittenRule[] {
  const { value, fail } = readYaml(text, file, rulesSchema);
  return value.map((written, index) => {
    const ids = [written.technique].flat();
    const unknown = ids.find((id) => !techniques.has(id));
    if (unknown !== undefined) throw fail([index, 'technique'], `no technique ${unknown} in ${tableFile}`);
    if (names.has(written.rule)) throw fail([index, 'rule'], `a second rule "${written.rule}"`);
    names.add(written.rule);
    const when = expanded(written.when, groups, (name) =>
      fail([index, 'when'], `no group $${name} in ${groupsFile}`),
    );
    const examples = { true: written.true, false: written.false };
    return {
      name: written.rule,
      techniques: ids,
      on: [written.on].flat(),
      when: when as Condition,
      file,
      ...examples,
    };
  });
}

/** `$name` in a list of words becomes the words of the group. */
function expanded(part: unknown, groups: Known['groups'], unknown: (name: string) => Error): unknown {
  if (Array.isArray(part))
    return part.flatMap((item): unknown[] => {
      if (typeof item !== 'string' || !/^\$[a-z-]+$/.test(item)) return [expanded(item, groups, unknown)];
      const name = item.slice(1);
      const words = Object.hasOwn(groups, name) ? groups[name] : undefined;
      if (words === undefined) throw unknown(name);
      return [...words];
    });
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, expanded(value, groups, unknown)]),
  );
}
