import { Worker } from 'node:worker_threads';
import type { WorkerSettings } from './messages.js';

/** Starts the thread that reads a group, from dist as well as from the sources (tests, development). */
export function startWorker(settings: WorkerSettings): Worker {
  const here = import.meta.url;
  // Descriptors that the kernel made for events are none that Node opened.
  const options = { workerData: settings, trackUnmanagedFds: false };
  if (!here.endsWith('.ts')) return new Worker(new URL('./marks-worker.js', here), options);
  // Node 20 takes over no loader into a worker (`--import` in its execArgv is ignored).
  const [file, from] = [new URL('./marks-worker.ts', here).href, here].map((url) => JSON.stringify(url));
  const script = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${file}, ${from}))`;
  return new Worker(script, { ...options, eval: true });
}
