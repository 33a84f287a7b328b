import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CastEvent, type CastHeader, parseCastEvent, parseCastHeader } from '../core/asciicast.js';
import { isIncidentId } from './evidence-name.js';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

const recordingName = /^session-\d{1,16}-\d{1,6}\.cast$/;
/** No recording that phantomd makes is as large. */
const mostBytes = 64 * 1024 * 1024;

export interface EvidenceFile {
  /** Below the incident's folder. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Whether a file of evidence is the recording of a session. */
export function isRecording(name: string): boolean {
  return recordingName.test(name);
}

/** Ids of the incidents that have evidence; none where there is no such folder. */
export async function incidentsWithEvidence(incidents: string): Promise<string[]> {
  const entries = await readdir(incidents, { withFileTypes: true }).catch(noneWhenMissing);
  return entries.filter((entry) => entry.isDirectory() && isIncidentId(entry.name)).map(({ name }) => name);
}

/** Every file of an incident's evidence, in the order of their names; none where there is no such folder. */
export async function evidenceFiles(folder: string): Promise<EvidenceFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(noneWhenMissing);
  const files = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const size = await lstat(path).then(
        ({ size }) => size,
        () => 0,
      );
      return { name: path.slice(folder.length + 1), size };
    });
  return (await Promise.all(files)).sort((one, other) =>
    one.name.localeCompare(other.name, 'en', { numeric: true }),
  );
}

export interface Recording {
  readonly header: CastHeader;
  readonly events: readonly CastEvent[];
  /** Lines that say nothing, such as of a damaged disk. The last one, half written, is not among them. */
  readonly badLines: number;
}

/** The file is no recording, or not any more; the message says why in a few words. */
export class RecordingDamaged extends Error {
  override readonly name = 'RecordingDamaged';
}

/**
 * Reads a recording; one that a killed daemon left half written is read as far as it goes.
 * @throws RecordingDamaged, NodeJS.ErrnoException
 */
export async function readRecording(path: string): Promise<Recording> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new RecordingDamaged('is no file');
    if (found.size > mostBytes) throw new RecordingDamaged('is larger than any recording');
    return parseRecording(await file.readFile('utf8'));
  } finally {
    await file.close();
  }
}

function parseRecording(text: string): Recording {
  const lines = text.split('\n');
  // Whole lines only: what follows the last line feed was never finished.
  lines.pop();
  const header = parseCastHeader(lines.shift() ?? '');
  if (header === undefined) throw new RecordingDamaged('does not begin as an asciicast of version 3');
  const told = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const events = told.flatMap((line) => parseCastEvent(line) ?? []);
  return { header, events, badLines: told.length - events.length };
}

function noneWhenMissing(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
