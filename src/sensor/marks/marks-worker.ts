import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { hurry, priorities } from '../scheduling.js';
import { loadLibc } from './libc.js';
import type { FromWorker, WorkerSettings } from './messages.js';
import { WorkerLoop } from './worker-loop.js';

// A thread of its own: an opener that the kernel holds must not wait for the daemon's event loop.
const port = parentPort as MessagePort;

try {
  hurry(0, priorities.sensor);
  new WorkerLoop(await loadLibc(), port, workerData as WorkerSettings).run();
} catch (error) {
  const { message } = error as Error;
  port.postMessage({ type: 'broken', reason: message } satisfies FromWorker);
}
