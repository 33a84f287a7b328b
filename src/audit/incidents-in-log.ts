import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import split2 from 'split2';
import { z } from 'zod';

/** A record of a deep tree with long arguments has a few hundred kB. */
const longestLine = 8 * 1024 * 1024;
/** Kept of one incident: an intruder decides how much there is of it. */
const mostOfOne = 1000;

const text = z.string();
const count = z.int().nonnegative();
const program = z.object({
  pid: z.number().optional(),
  name: text.optional(),
  executable: text.optional(),
  command_line: text.optional(),
});
const record = z.object({
  '@timestamp': text,
  message: text.optional(),
  event: z.object({ action: text, severity: z.number().optional() }),
  file: z.object({ path: text.optional() }).optional(),
  process: program.optional(),
  user: z.object({ id: text.optional(), name: text.optional() }).optional(),
  source: z.object({ ip: text.optional(), address: text.optional() }).optional(),
  phantom: z.object({
    incident: z.object({
      id: text,
      opened: text.optional(),
      closed: text.optional(),
      touches: count.optional(),
    }),
    trap: z.object({ id: text, kind: text }).optional(),
    techniques: z.array(z.object({ id: text, name: text })).optional(),
  }),
});

type LogRecord = z.output<typeof record>;

export interface IncidentInLog {
  readonly id: string;
  /** Times are ISO 8601. */
  opened: string;
  closed?: string;
  touches: number;
  /** Process, user and source address as each was told, without repetitions. */
  readonly actors: Map<string, ActorInLog>;
  /** By id of the trap. */
  readonly traps: Map<string, { readonly id: string; readonly kind: string; readonly path?: string }>;
  /** By id of the technique, with the first event that showed it. */
  readonly techniques: Map<string, TechniqueInLog>;
  /** What happened, without what followed processes did; at most 1,000. */
  readonly events: { readonly at: string; readonly action: string; readonly message: string }[];
  /** All records of it. */
  records: number;
}

export interface ActorInLog {
  readonly process?: string;
  readonly pid?: number;
  readonly user?: string;
  readonly source?: string;
}

export interface TechniqueInLog {
  readonly id: string;
  readonly name: string;
  readonly at: string;
  readonly action: string;
  readonly message: string;
  count: number;
}

/**
 * The incidents in an audit log, in its order; with an id only that one. Reads line by line; what is no
 * record of an incident is passed over.
 * @throws NodeJS.ErrnoException
 */
export async function incidentsInLog(path: string, only?: string): Promise<Map<string, IncidentInLog>> {
  const found = new Map<string, IncidentInLog>();
  await pipeline(
    createReadStream(path, 'utf8'),
    // Its types do not know the option.
    split2(/\n/, { maxLength: longestLine, skipOverflow: true } as object),
    async (lines) => {
      for await (const line of lines) {
        const one = parsed(line as string);
        if (one === undefined || (only !== undefined && one.phantom.incident.id !== only)) continue;
        const { id, opened } = one.phantom.incident;
        const incident = found.get(id) ?? begun(id, opened ?? one['@timestamp']);
        found.set(id, incident);
        note(incident, one);
      }
    },
  );
  return found;
}

function parsed(line: string): LogRecord | undefined {
  // Most of a log is of no incident, or of another.
  if (!line.includes('"incident"')) return undefined;
  try {
    return record.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function begun(id: string, opened: string): IncidentInLog {
  return {
    id,
    opened,
    touches: 0,
    actors: new Map(),
    traps: new Map(),
    techniques: new Map(),
    events: [],
    records: 0,
  };
}

function note(incident: IncidentInLog, one: LogRecord): void {
  const { closed, touches = 0 } = one.phantom.incident;
  const { action } = one.event;
  incident.records += 1;
  if (closed !== undefined) incident.closed = closed;
  incident.touches = Math.max(incident.touches, touches);
  const { trap } = one.phantom;
  if (trap !== undefined)
    put(incident.traps, trap.id, { ...trap, ...(one.file?.path && { path: one.file.path }) });
  // The record of its end names them all once more.
  if (action !== 'incident-closed')
    for (const shown of one.phantom.techniques ?? []) noteTechnique(incident, one, shown);
  if (action.startsWith('trail-')) return;
  const actor = actorOf(one);
  if (Object.keys(actor).length > 0) put(incident.actors, JSON.stringify(actor), actor);
  if (incident.events.length < mostOfOne)
    incident.events.push({ at: one['@timestamp'], action, message: one.message ?? action });
}

function noteTechnique(
  { techniques }: IncidentInLog,
  { '@timestamp': at, event: { action }, message }: LogRecord,
  { id, name }: { id: string; name: string },
): void {
  const known = techniques.get(id);
  if (known !== undefined) known.count += 1;
  else put(techniques, id, { id, name, at, action, message: message ?? action, count: 1 });
}

function actorOf({ process, user, source }: LogRecord): ActorInLog {
  const program = process?.executable ?? process?.name;
  const who = user?.name ?? user?.id;
  const from = source?.ip ?? source?.address;
  return {
    ...(program !== undefined && { process: program }),
    ...(process?.pid !== undefined && { pid: process.pid }),
    ...(who !== undefined && { user: who }),
    ...(from !== undefined && { source: from }),
  };
}

/** The first one stays. */
function put<Value>(into: Map<string, Value>, key: string, value: Value): void {
  if (!into.has(key) && into.size < mostOfOne) into.set(key, value);
}
