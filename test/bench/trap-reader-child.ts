import { closeSync, openSync, readSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Round } from './trap-reader.js';

const buffer = Buffer.alloc(4096);

process.on('message', async ({ paths, pauseMs }: Round) => {
  for (const path of paths) {
    const descriptor = openSync(path, 'r');
    readSync(descriptor, buffer);
    closeSync(descriptor);
    await wait(pauseMs);
  }
  process.send?.('done');
});
// The one who measures may be gone without a word.
process.on('disconnect', () => process.exit());
process.send?.('ready');
