import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Files of an office, named so that traps sort first (`.env`), in the middle (`passwords.txt`) and last
 * (`salary_YYYY.docx`).
 */
const before = ['agenda', 'budget', 'contract', 'customer', 'invoice', 'letter', 'minutes', 'offer'];
const between = ['payment', 'plan', 'project', 'purchase', 'quarter', 'report', 'review', 'roster'];
const endings = ['docx', 'xlsx', 'pdf', 'txt', 'csv'];

/** Names of so many files, half of them before the trap in the middle. */
export function victimNames(count: number): string[] {
  const subjects = [...before, ...between];
  return Array.from({ length: count }, (_, index) => {
    const subject = subjects[index % subjects.length];
    return `${subject}_${`${index}`.padStart(4, '0')}.${endings[index % endings.length]}`;
  });
}

/** 1 to 40 KB that the name alone determines. */
function contentOf(name: string): Buffer {
  const seed = createHash('sha256').update(name).digest();
  const size = 1024 + (seed.readUInt32LE(0) % (39 * 1024));
  const line = `${name} ${seed.toString('hex')}\n`;
  return Buffer.from(line.repeat(Math.ceil(size / line.length)).slice(0, size));
}

export async function writeVictims(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contentOf(name), { mode: 0o644 });
  }
}

/** Names of those that are gone, or not as they were. */
export async function lostVictims(folder: string, names: readonly string[]): Promise<string[]> {
  const lost: string[] = [];
  for (const name of names) {
    const content = await readFile(join(folder, name)).catch(() => undefined);
    if (!content?.equals(contentOf(name))) lost.push(name);
  }
  return lost;
}
