import { setTimeout as wait } from 'node:timers/promises';
import { allProcesses } from '../process-usage.js';
import { progress } from '../progress.js';

const lookEveryMs = 400;

/**
 * Makes work repeat itself while another tracer on this host, such as a test's, would be in its
 * figures; `mostRepeats` times in all. After that the figures stand, and `gaveUp` is told each time.
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
  const processes = new Map((await allProcesses()).map((entry) => [entry.pid, entry]));
  const isOurs = (pid: number): boolean => {
    const parent = processes.get(pid)?.parent;
    return parent === process.pid || (parent !== undefined && isOurs(parent));
  };
  return [...processes.values()].some(({ pid, name }) => name === 'bpftrace' && !isOurs(pid));
}
