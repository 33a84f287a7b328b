import { readFile } from 'node:fs/promises';
import { until } from '../../support/until.js';
import { Missing } from '../item.js';
import type { WatcherChild } from './child.js';

/**
 * Reads `file` again and again until the watcher's output has `mark`: only then it is known to work.
 * @throws Missing when it ends before, or never says it
 */
export async function untilSeen(
  child: WatcherChild,
  { file, mark, output }: { file: string; mark: string; output: string },
): Promise<void> {
  const said = () => readFile(output, 'utf8').catch(() => '');
  const looked = until(
    'the watcher to see an access',
    async () => {
      if ((await said()).includes(mark)) return 'seen';
      if (child.ended) return 'ended';
      await readFile(file);
      return undefined;
    },
    15_000,
  );
  const outcome = await looked.catch(() => 'unseen');
  if (outcome === 'seen') return;
  const words = await child.words();
  await child.stop();
  throw new Missing(outcome === 'ended' ? words : `saw nothing in 15 s; it said: ${words}`);
}
