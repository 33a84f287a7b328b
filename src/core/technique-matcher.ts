import type { Technique, TechniqueMatch } from './technique.js';
import type { Act } from './techniques/act.js';
import { actsOf } from './techniques/acts-of.js';
import { type ActTest, compileCondition } from './techniques/compile-condition.js';
import type { Condition, Rule } from './techniques/condition.js';
import type { TrailEvent, TrailKind } from './trail.js';

interface CompiledRule {
  readonly test: ActTest;
  /** One for each technique that the rule names. */
  readonly matches: readonly TechniqueMatch[];
}

/** Rules that may hold of acts of one kind: by the program they name, and those that name none. */
interface Shelf {
  readonly byProgram: ReadonlyMap<string, readonly CompiledRule[]>;
  readonly anyProgram: readonly CompiledRule[];
}

/**
 * Says which techniques an event shows.
 * @throws PatternRefused, or an Error when a rule names a technique that is not there
 */
export function techniqueMatcher(
  rules: readonly Rule[],
  techniques: ReadonlyMap<string, Technique>,
): (event: TrailEvent) => readonly TechniqueMatch[] {
  const shelves = shelve(rules, techniques);
  return (event) => {
    const found: TechniqueMatch[] = [];
    for (const act of actsOf(event)) {
      const shelf = shelves.get(act.kind);
      if (shelf === undefined || onlyAsks(act)) continue;
      collect(found, shelf.byProgram.get(act.program) ?? [], act);
      collect(found, shelf.anyProgram, act);
    }
    return found;
  };
}

/** `--help` and `--version` alone do nothing. */
function onlyAsks({ kind, args }: Act): boolean {
  return kind === 'exec' && args.length === 1 && (args[0] === '--help' || args[0] === '--version');
}

/** A technique is told once an event, by the first rule that held. */
function collect(found: TechniqueMatch[], rules: readonly CompiledRule[], act: Act): void {
  for (const { test, matches } of rules) {
    if (!test(act)) continue;
    for (const match of matches)
      if (!found.some(({ technique }) => technique.id === match.technique.id)) found.push(match);
  }
}

function shelve(
  rules: readonly Rule[],
  techniques: ReadonlyMap<string, Technique>,
): ReadonlyMap<TrailKind, Shelf> {
  const shelves = new Map<
    TrailKind,
    { byProgram: Map<string, CompiledRule[]>; anyProgram: CompiledRule[] }
  >();
  for (const rule of rules) {
    const compiled = { test: compileCondition(rule.when), matches: matchesOf(rule, techniques) };
    for (const kind of rule.on) {
      const shelf = shelves.get(kind) ?? { byProgram: new Map<string, CompiledRule[]>(), anyProgram: [] };
      shelves.set(kind, shelf);
      const names = programsOf(rule.when);
      if (names === undefined || names.some((name) => name.includes('*'))) shelf.anyProgram.push(compiled);
      else
        for (const name of new Set(names))
          shelf.byProgram.set(name, [...(shelf.byProgram.get(name) ?? []), compiled]);
    }
  }
  return shelves;
}

/** The programs that a condition can hold of; undefined when it names none in one of its branches. */
function programsOf({ program, any }: Condition): readonly string[] | undefined {
  if (program !== undefined || any === undefined) return program;
  const branches = any.map(programsOf);
  return branches.every((names) => names !== undefined) ? branches.flat() : undefined;
}

function matchesOf(
  { name, techniques: ids }: Rule,
  techniques: ReadonlyMap<string, Technique>,
): TechniqueMatch[] {
  return ids.map((id) => {
    const technique = techniques.get(id);
    if (technique === undefined) throw new Error(`rule "${name}": no technique ${id}`);
    return { technique, rule: name };
  });
}
