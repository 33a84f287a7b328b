import { nextTurn } from './next-turn.js';

/**
 * What `work` gives within the time; undefined when it is late or fails. What is done by then but has
 * not been heard of, because this thread was busy, is not late.
 */
export async function inTime<Result>(work: Promise<Result>, withinMs: number): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    const giveUp = async () => {
      // Timers come before answers of the thread pool.
      await nextTurn();
      await nextTurn();
      resolve(undefined);
    };
    timer = setTimeout(giveUp, withinMs);
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
