import { Worker } from 'node:worker_threads';
import type { EngineTask } from './engine-messages.js';

// The database's own memory is bounded where it is made; this is for the JavaScript around it.
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16, stackSizeMb: 8 };

/** Starts a thread with a database in it, from dist as well as from the sources (tests, development). */
export function startEngine(task: EngineTask): Worker {
  const here = import.meta.url;
  const options = { workerData: task, resourceLimits, stdout: true, stderr: true, env: {} };
  if (!here.endsWith('.ts')) return new Worker(new URL('./engine-worker.js', here), options);
  // Node 20 takes over no loader into a worker (`--import` in its execArgv is ignored).
  const [file, from] = [new URL('./engine-worker.ts', here).href, here].map((url) => JSON.stringify(url));
  const script = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${file}, ${from}))`;
  return new Worker(script, { ...options, eval: true });
}
