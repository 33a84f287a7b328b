import { createHash } from 'node:crypto';
import { basename, dirname, join, relative } from 'node:path';
import { type Accounts, readAccounts } from './accounts.js';
import type { AgeDays } from './ages.js';
import type { Persona } from './persona.js';
import { placesOf } from './places.js';
import type { Plan } from './planter.js';
import type { Registry } from './registry.js';
import { yearOf } from './story-year.js';
import { type LeftAlone, leftAlone, pathsOf, type Target, type Wishes } from './survey.js';
import type { TrapKind } from './trap-kind.js';
import { variantName } from './variant-name.js';

/** What the manifest wants: traps of one kind in the place or places that a path gives. */
export interface PlannedTraps {
  readonly kind: string;
  /**
   * Absolute, below a home (`~USER/`, `~*` + `/`), or below the traps folder; folders may be patterns. Empty
   * or ending in `/`: the kind's own name is put behind.
   */
  readonly path: string;
  /** Name or number. */
  readonly owner?: string | number | undefined;
  readonly group?: string | number | undefined;
  readonly mode?: number | undefined;
  readonly ageDays?: AgeDays | undefined;
  /** So many in all; one in each place when absent. */
  readonly count?: number | undefined;
  /** Where that is written, for messages. */
  readonly source?: string | undefined;
}

export interface PlanOptions {
  readonly trapsDir: string;
  readonly ageDays: AgeDays;
  readonly kinds: ReadonlyMap<string, TrapKind>;
  readonly persona: Persona;
  readonly registry: Registry;
  readonly accounts?: Accounts;
}

/**
 * Finds where on this host the wanted traps are to lie. The same host gives the same places again, and
 * those that have a trap already come first.
 */
export async function planTraps(wanted: readonly PlannedTraps[], options: PlanOptions): Promise<Plan> {
  const accounts = options.accounts ?? (await readAccounts());
  const present = new Set(options.registry.traps.filter((trap) => !trap.retiredAt).map(({ path }) => path));
  const targets: Target[] = [];
  const leftOut: LeftAlone[] = [];
  const taken = new Set<string>();
  for (const one of wanted) {
    const where = one.source === undefined ? '' : ` (${one.source})`;
    const leave = (path: string, reason: string) => leftOut.push(leftAlone(path, `${reason}${where}`));
    for (const target of await targetsOf(one, options, accounts, present, leave)) {
      const paths = pathsOf(target);
      if (paths.some((path) => taken.has(path))) leave(target.path, 'another entry puts a trap there');
      else targets.push(target);
      for (const path of paths) taken.add(path);
    }
  }
  return { targets, leftOut };
}

async function targetsOf(
  one: PlannedTraps,
  { kinds, trapsDir, persona, registry, ageDays }: PlanOptions,
  accounts: Accounts,
  present: ReadonlySet<string>,
  leave: (path: string, reason: string) => void,
): Promise<Target[]> {
  const kind = kinds.get(one.kind);
  const wishes = wishesOf(one, accounts);
  if (kind === undefined || typeof wishes === 'string') {
    leave(one.path, kind === undefined ? `there is no kind ${one.kind}` : `${wishes}`);
    return [];
  }
  const places = await placesOf(one.path, trapsDir, accounts);
  if (places.complaint !== undefined) leave(one.path, places.complaint);
  const age = one.ageDays ?? ageDays;
  const usual = places.paths.some((path) => path.endsWith('/'))
    ? kind.relativePath(persona, yearOf(registry)(age))
    : '';
  const paths = places.paths.map((path) => (path.endsWith('/') ? join(path, usual) : path));
  return chosen(paths, one.count, persona.seed, present).map((path) => ({
    kind,
    path,
    isOpen: isOutside(relative(trapsDir, path)),
    ageDays: age,
    wishes,
  }));
}

/** Whether a path from a folder leads out of it; a name may begin with two dots. */
function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../');
}

/** Or why they cannot be fulfilled. */
function wishesOf({ owner, group, mode }: PlannedTraps, accounts: Accounts): Wishes | string {
  const user =
    typeof owner === 'string'
      ? accounts.users.find(({ name }) => name === owner)
      : { uid: owner, gid: undefined };
  if (user === undefined) return `there is no user ${owner}`;
  const gid = typeof group === 'string' ? accounts.groups.get(group) : (group ?? user.gid);
  if (typeof group === 'string' && gid === undefined) return `there is no group ${group}`;
  return { uid: user.uid, gid, mode };
}

/** With more traps than places some get several, with names of their own. */
function chosen(
  bases: readonly string[],
  count: number | undefined,
  seed: number,
  present: ReadonlySet<string>,
): string[] {
  if (count === undefined || bases.length === 0) return [...bases];
  const rank = (path: string) =>
    `${present.has(path) ? 0 : 1}${createHash('sha256').update(`${seed}/${path}`).digest('hex')}`;
  const order = bases
    .map((path) => [rank(path), path] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, path]) => path);
  return Array.from({ length: count }, (_, index) => {
    const path = order[index % order.length] as string;
    const round = Math.floor(index / order.length);
    return round === 0 ? path : join(dirname(path), variantName(basename(path), round, seed));
  });
}
