import { type ReadersInLog, readersInLog } from '../audit/readers-in-log.js';
import { configSchema } from '../config/schema.js';
import { objection, type ReaderGroup, suggestedRule } from '../core/exempt-suggest.js';
import type { Exemption } from '../core/exemption.js';
import { fromPrintable } from '../core/printable.js';
import { judgeCandidate } from '../process/exempt-candidate.js';
import { LogUnreadable } from './failure.js';

export interface SuggestOptions {
  /** Records from this time on, ISO 8601 in UTC. */
  readonly since?: string;
  readonly withHash?: boolean;
}

/** What is proposed for one group of readers: a rule, or why there is none. */
export interface Suggestion {
  readonly group: ReaderGroup;
  readonly rule?: Exemption;
  readonly refusal?: string;
  /** What to look at before the rule is taken over. */
  readonly note?: string;
}

export interface Suggestions extends Omit<ReadersInLog, 'groups'> {
  readonly suggestions: readonly Suggestion[];
  /** Processes beyond the thousand kinds of readers that are told apart. */
  readonly omitted: number;
}

/**
 * Proposes exemptions for whoever touched traps by an audit log.
 * @throws LogUnreadable
 */
export async function suggestExemptions(path: string, options: SuggestOptions): Promise<Suggestions> {
  const { groups, ...counts } = await readersInLog(path, options.since).catch(
    (error: NodeJS.ErrnoException) => {
      throw new LogUnreadable(`audit log ${path} cannot be read: ${error.code ?? error.message}`);
    },
  );
  if (counts.lines > 0 && counts.badLines === counts.lines)
    throw new LogUnreadable(
      `${path} is no audit log of phantomd: none of its ${counts.lines} lines is a record`,
    );
  const taken = new Set<string>();
  const suggestions: Suggestion[] = [];
  for (const group of groups.inOrder()) suggestions.push(await suggestionFor(group, options, taken));
  return { ...counts, suggestions, omitted: groups.omitted };
}

async function suggestionFor(
  group: ReaderGroup,
  { withHash = false }: SuggestOptions,
  taken: Set<string>,
): Promise<Suggestion> {
  const refusal = objection(group.executable, group.unit);
  if (refusal !== undefined) return { group, refusal };
  const executable = plain(group.executable);
  const candidate = await judgeCandidate(executable, withHash);
  if (candidate.fault !== undefined) return { group, refusal: candidate.fault };
  const isSame = candidate.file !== undefined && group.files.has(candidate.file);
  if (group.isClaimed === true && !isSame)
    return { group, refusal: 'it called itself so, and that is not the file that ran' };
  const parents = await sureParents(group.parents);
  const rule = {
    ...suggestedRule(
      { ...group, parents, ...(group.unit !== undefined && { unit: plain(group.unit) }) },
      executable,
      taken,
    ),
    ...(candidate.sha256 !== undefined && { sha256: candidate.sha256 }),
  };
  // What the daemon would not take is not proposed.
  const { success } = configSchema.safeParse({ response: { exemptions: [rule] } });
  if (!success) return { group, refusal: 'its path cannot stand in a configuration' };
  const isOther = group.files.size > 0 && !isSame;
  const note = 'it ran from another file than the one that is there now: an upgrade since, or a container';
  return { group, rule, ...(isOther && { note }) };
}

/** A rule with a parent that somebody else can write would be refused: the chain ends before it. */
async function sureParents(printable: readonly string[]): Promise<string[]> {
  const sure: string[] = [];
  for (const parent of printable.map(plain)) {
    const { fault } = await judgeCandidate(parent, false);
    if (fault !== undefined) break;
    sure.push(parent);
  }
  return sure;
}

/** The path itself; what is no UTF-8 leads nowhere. */
function plain(printable: string): string {
  return Buffer.from(fromPrintable(printable)).toString('utf8');
}
