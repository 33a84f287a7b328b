import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import split2 from 'split2';
import { z } from 'zod';
import { ReaderGroups, type SeenReader } from '../core/exempt-suggest.js';

export interface ReadersInLog {
  readonly groups: ReaderGroups;
  /** Lines of the file, and how many of them are no records. */
  readonly lines: number;
  readonly badLines: number;
  /** Records of touches that name no program. */
  readonly unnamed: number;
}

/** A record of a deep tree with long arguments has a few hundred kB. */
const longestLine = 8 * 1024 * 1024;
/** Processes whose description may still come. */
const mostOpen = 10_000;
const mostParents = 4;

const text = z.string();
const program = z.object({
  pid: z.number().optional(),
  start: text.optional(),
  executable: text.optional(),
  args: z.array(text).optional(),
});
const record = z.object({
  '@timestamp': text.regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  event: z.object({ action: text }),
  file: z.object({ path: text }).optional(),
  process: program.optional(),
  user: z.object({ id: text.regex(/^\d{1,10}$/) }).optional(),
  phantom: z.object({
    touch: z.object({ count: z.int().positive().optional() }).optional(),
    actor: z
      .object({
        cgroup: z.object({ path: text.optional() }).optional(),
        executable_file: z.object({ device: text, inode: text }).optional(),
        ancestry: z.array(program).default([]),
        systemd: z.object({ unit: text.optional(), slice: text.optional() }).optional(),
      })
      .optional(),
  }),
});

type LogRecord = z.output<typeof record>;
type Draft = { -readonly [Name in keyof SeenReader]: SeenReader[Name] } & { traps: Set<string> };

/**
 * Finds in an audit log who touched traps. Reads line by line; what is no record is counted.
 * @throws NodeJS.ErrnoException
 */
export async function readersInLog(path: string, since?: string): Promise<ReadersInLog> {
  const found = { lines: 0, badLines: 0, unnamed: 0 };
  const groups = new ReaderGroups();
  const open = new Map<string, Draft>();
  await pipeline(
    createReadStream(path, 'utf8'),
    // Its types do not know the option.
    split2(/\n/, { maxLength: longestLine, skipOverflow: true } as object),
    async (lines) => {
      for await (const line of lines) take(line as string);
    },
  );
  for (const draft of open.values()) groups.add(draft);
  return { groups, ...found };

  function take(line: string): void {
    found.lines += 1;
    const one = parsed(line);
    if (one === undefined) found.badLines += 1;
    else if (since === undefined || one['@timestamp'] >= since) note(one);
  }

  function note(one: LogRecord): void {
    const { action } = one.event;
    const isTouch = action === 'trap-touched' || action === 'touches-coalesced';
    // What opened an incident is told again as a touch.
    if (!isTouch && action !== 'actor-described') return;
    const executable = one.process?.executable ?? claimedProgram(one.process?.args);
    const key = `${one.process?.pid} ${one.process?.start} ${executable}`;
    const draft = open.get(key);
    if (draft !== undefined) describe(draft, one);
    if (!isTouch) return;
    if (executable === undefined) found.unnamed += 1;
    else open.set(key, count(draft ?? drafted(one, executable), one));
    if (open.size <= mostOpen) return;
    const [oldest, reader] = open.entries().next().value as [string, Draft];
    open.delete(oldest);
    groups.add(reader);
  }
}

function parsed(line: string): LogRecord | undefined {
  try {
    return record.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** A program that ended at once has no other name in the log. */
function claimedProgram(args: readonly string[] | undefined): string | undefined {
  return args?.[0]?.startsWith('/') ? args[0] : undefined;
}

function drafted(one: LogRecord, executable: string): Draft {
  const at = one['@timestamp'];
  const draft: Draft = { executable, parents: [], touches: 0, first: at, last: at, traps: new Set() };
  const file = one.phantom.actor?.executable_file;
  if (file !== undefined) draft.file = `${file.device}:${file.inode}`;
  if (one.process?.executable === undefined) draft.isClaimed = true;
  if (one.user !== undefined) draft.uid = Number(one.user.id);
  describe(draft, one);
  return draft;
}

/** The unit and the parents, which one record tells better than another. */
function describe(draft: Draft, { phantom: { actor } }: LogRecord): void {
  const unit = actor?.systemd?.unit ?? actor?.cgroup?.path?.split('/').at(-1);
  if (unit !== undefined && isLasting(unit, actor?.systemd?.slice)) draft.unit = unit;
  // The whole path of the control group is known now, and tells another.
  else if (actor?.systemd !== undefined) delete draft.unit;
  const parents: string[] = [];
  for (const { executable } of actor?.ancestry ?? []) {
    if (executable === undefined || parents.length >= mostParents) break;
    parents.push(executable);
  }
  if (parents.length > draft.parents.length) draft.parents = parents;
}

/** A unit that will have the same name tomorrow, and whose name root chose. */
function isLasting(unit: string, slice: string | undefined): boolean {
  if (slice !== undefined && /^user(?:-\d+)?\.slice$/.test(slice)) return false;
  // Logins, users' managers, what systemd-run(1) starts, containers.
  if (/^(?:session-|user@|run-|docker-|libpod-|crio-|cri-)/.test(unit)) return false;
  return /^[\w:.@\\-]{1,200}\.(?:service|scope)$/.test(unit) && unit !== 'init.scope';
}

function count(draft: Draft, one: LogRecord): Draft {
  const at = one['@timestamp'];
  draft.touches += one.phantom.touch?.count ?? 1;
  if (at < draft.first) draft.first = at;
  if (at > draft.last) draft.last = at;
  if (one.file !== undefined && draft.traps.size < 1000) draft.traps.add(one.file.path);
  return draft;
}
