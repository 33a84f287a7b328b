import { setTimeout as wait } from 'node:timers/promises';
import { progress } from '../progress.js';
import { allProcesses } from './process-usage.js';

const lookEveryMs = 400;

/**
 * Makes work repeat itself while another tracer on this host, such as a test's, would be in its
 * figures; `mostRepeats` times in all, after which `gaveUp` is told and the figures stand.
 */
export function undisturbed<Result>(
  mostRepeats: number,
  work: () => Promise<Result>,
  gaveUp: () => void,
): () => Promise<Result> {
  let repeats = 0;
  return async () => {
    for (;;) {
      const { result, disturbed } = await watched(work);
      if (!disturbed) return result;
      if (repeats === mostRepeats) {
        gaveUp();
        return result;
      }
      repeats += 1;
      progress('another bpftrace runs on this host: once more');
    }
  };
}

async function watched<Result>(work: () => Promise<Result>): Promise<{ result: Result; disturbed: boolean }> {
  let over = false;
  let disturbed = await othersTrace();
  const look = async () => {
    while (!over) {
      await wait(lookEveryMs);
      disturbed ||= await othersTrace();
    }
  };
  const looking = look();
  const result = await work().finally(() => {
    over = true;
  });
  await looking;
  return { result, disturbed };
}

async function othersTrace(): Promise<boolean> {
  return (await allProcesses()).some(({ name, parent }) => name === 'bpftrace' && parent !== process.pid);
}
