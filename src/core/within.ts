import type { Clock } from './ports/clock.js';

/** What `work` gives within so many ms; undefined when it is late or fails. The work goes on. */
export async function within<Result>(
  clock: Clock,
  ms: number,
  work: Promise<Result>,
): Promise<Result | undefined> {
  let cancel = () => {};
  const late = new Promise<undefined>((resolve) => {
    cancel = clock.after(ms, () => resolve(undefined));
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    cancel();
  }
}
