import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesForOmitted } from './evidence-ledger.js';
import { omittedName } from './evidence-name.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;

export interface Omitted {
  readonly name: string;
  /** Its size, as far as it was known. */
  readonly bytes: number;
  readonly reason: string;
}

/**
 * Notes in an incident's folder that a file was left out: `BYTES  NAME  REASON`, once a name. When the
 * list has as many bytes as are kept for it, it ends.
 */
export async function noteOmitted(incidentFolder: string, { name, bytes, reason }: Omitted): Promise<void> {
  const path = join(incidentFolder, omittedName);
  const list = await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    const lines = (await list.readFile('latin1')).split('\n');
    if (lines.some((line) => line.split('  ')[1] === name)) return;
    // A line torn by a crash must not swallow this one.
    const line = `${lines.at(-1) === '' ? '' : '\n'}${bytes}  ${name}  ${reason}\n`;
    const { size } = await list.stat();
    if (size + line.length > bytesForOmitted) return;
    await list.appendFile(line);
    await list.sync();
  } finally {
    await list.close();
  }
}
