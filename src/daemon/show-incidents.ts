import { join } from 'node:path';
import { type IncidentInLog, incidentsInLog } from '../audit/incidents-in-log.js';
import type { Config } from '../config/schema.js';
import { printableText } from '../core/printable.js';
import { isIncidentId } from '../response/evidence-name.js';
import {
  type EvidenceFile,
  evidenceFiles,
  incidentsWithEvidence,
  isRecording,
  type Recording,
  RecordingDamaged,
  readRecording,
} from '../response/session-files.js';
import { IncidentUnknown, LogUnreadable, NotRoot, RecordingUnreadable } from './failure.js';

export interface IncidentView {
  readonly id: string;
  /** Absent where the log does not know it any more. */
  readonly log?: IncidentInLog;
  readonly files: readonly EvidenceFile[];
  /** Names of the recordings among them. */
  readonly sessions: readonly string[];
}

/**
 * Every incident of the audit log and of the evidence, the oldest first.
 * @throws NotRoot, LogUnreadable
 */
export async function listIncidents(config: Config): Promise<IncidentView[]> {
  requireRoot();
  const inLog = await readLog(config);
  const ids = new Set([...inLog.keys(), ...(await incidentsWithEvidence(incidentsFolder(config)))]);
  const views: IncidentView[] = [];
  for (const id of [...ids].sort()) views.push(await view(config, id, inLog.get(id)));
  return views;
}

/** @throws NotRoot, LogUnreadable, IncidentUnknown */
export async function showIncident(config: Config, id: string): Promise<IncidentView> {
  requireRoot();
  const inLog = await readLog(config, id);
  const found = await view(config, id, inLog.get(id));
  if (found.log === undefined && found.files.length === 0)
    throw new IncidentUnknown(`no incident ${printableText(id)}; phantomd incidents lists them`);
  return found;
}

/**
 * A recording of an incident: by the name of its file with or without its ending, by its number, the first
 * being 1, or the only one.
 * @throws NotRoot, IncidentUnknown, RecordingUnreadable
 */
export async function openRecording(
  config: Config,
  id: string,
  session: string | undefined,
): Promise<Recording & { readonly name: string }> {
  requireRoot();
  const folder = folderOf(config, id);
  const files = folder === undefined ? [] : await evidenceFiles(folder);
  if (folder === undefined || files.length === 0)
    throw new IncidentUnknown(`no incident ${printableText(id)} has evidence`);
  const name = chosen(
    id,
    files.map((file) => file.name).filter((one) => isRecording(one)),
    session,
  );
  try {
    return { name, ...(await readRecording(join(folder, name))) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = error instanceof RecordingDamaged ? message : `cannot be read: ${code ?? message}`;
    throw new RecordingUnreadable(`${join(folder, name)} ${why}`);
  }
}

function chosen(id: string, names: readonly string[], session: string | undefined): string {
  if (names.length === 0) throw new IncidentUnknown(`incident ${id} has no recording`);
  const listed = names.join(', ');
  if (session === undefined) {
    if (names.length === 1) return names[0] as string;
    throw new IncidentUnknown(`incident ${id} has ${names.length} recordings: name one of ${listed}`);
  }
  const named = names.find((name) => name === session || name === `${session}.cast`);
  const name = named ?? (/^[1-9]\d{0,5}$/.test(session) ? names[Number(session) - 1] : undefined);
  if (name === undefined)
    throw new IncidentUnknown(`incident ${id} has no recording ${printableText(session)}, but ${listed}`);
  return name;
}

async function view(config: Config, id: string, log: IncidentInLog | undefined): Promise<IncidentView> {
  const folder = folderOf(config, id);
  const files = folder === undefined ? [] : await evidenceFiles(folder);
  const sessions = files.map(({ name }) => name).filter((name) => isRecording(name));
  return { id, ...(log && { log }), files, sessions };
}

/** An installation without a log has had no incident. */
async function readLog(config: Config, only?: string): Promise<Map<string, IncidentInLog>> {
  const path = join(config.paths.logs_dir, config.audit.file);
  try {
    return await incidentsInLog(path, only);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return new Map();
    throw new LogUnreadable(`audit log ${path} cannot be read: ${code ?? message}`);
  }
}

function incidentsFolder(config: Config): string {
  return join(config.paths.state_dir, 'incidents');
}

/** Undefined where the id could be no folder's name. */
function folderOf(config: Config, id: string): string | undefined {
  return isIncidentId(id) ? join(incidentsFolder(config), id) : undefined;
}

function requireRoot(): void {
  if (process.geteuid?.() !== 0) throw new NotRoot('phantomd incidents must run as root');
}
