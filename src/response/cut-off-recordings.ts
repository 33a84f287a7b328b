import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { castEventLine } from '../core/asciicast.js';
import { printableText } from '../core/printable.js';
import { listInManifest } from './evidence-manifest.js';
import { manifestName } from './evidence-name.js';
import { isRecording } from './session-files.js';

const { O_NOFOLLOW, O_RDWR } = constants;

/** Of a line that was half written; kept within what a marker may be. */
const longestRest = 400;
/** No line of a recording is longer: what comes at once from a terminal is bounded. */
const longestLine = 1024 * 1024;

/**
 * Ends the recordings of an incident that a killed daemon left open: a last marker, read-only, and their
 * checksums. Nothing may be writing them. Returns their names.
 */
export async function completeRecordings(incidentFolder: string): Promise<string[]> {
  const entries = await readdir(incidentFolder, { withFileTypes: true });
  const recordings = entries.filter((entry) => entry.isFile() && isRecording(entry.name));
  if (recordings.length === 0) return [];
  const listed = await readFile(join(incidentFolder, manifestName), 'utf8').catch(() => '');
  const names = new Set(listed.split('\n').map((line) => line.slice(66)));
  const completed: string[] = [];
  for (const { name } of recordings) {
    const path = join(incidentFolder, name);
    const isOpen = ((await lstat(path)).mode & 0o200) !== 0;
    if (isOpen) await endRecording(path);
    if (isOpen || !names.has(name)) {
      await listInManifest(incidentFolder, name);
      completed.push(name);
    }
  }
  return completed;
}

async function endRecording(path: string): Promise<void> {
  const file = await open(path, O_RDWR | O_NOFOLLOW);
  try {
    const rest = await restOf(file);
    const { size } = await file.stat();
    // A player refuses a line that is no event.
    await file.truncate(size - rest.length);
    const half = printableText(rest.toString('latin1').slice(0, longestRest)).slice(0, longestRest);
    const words = `the daemon was killed here${half === '' ? '' : `; half written was: ${half}`}`;
    await file.write(castEventLine({ afterMs: 0, code: 'm', data: words }), size - rest.length);
    await file.chmod(0o400);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What follows the last line feed. */
async function restOf(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const length = Math.min(size, longestLine);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  const end = buffer.subarray(0, bytesRead);
  return end.subarray(end.lastIndexOf(10) + 1);
}
