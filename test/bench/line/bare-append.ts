import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** What the disk alone takes: times in ms of appending as much as one record and waiting for it. */
export async function bareAppends(folder: string, count: number): Promise<number[]> {
  const record = `${'x'.repeat(2000)}\n`;
  const file = await open(join(folder, 'bare-append'), 'a', 0o600);
  const times: number[] = [];
  try {
    for (let done = 0; done < count; done += 1) {
      const startedAt = performance.now();
      await file.appendFile(record);
      await file.datasync();
      times.push(performance.now() - startedAt);
    }
  } finally {
    await file.close();
  }
  return times;
}
