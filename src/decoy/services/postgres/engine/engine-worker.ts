import { parentPort, workerData } from 'node:worker_threads';
import { boundWasmMemory } from './bounded-memory.js';
import type { EngineInput, EngineReport, EngineTask } from './engine-messages.js';

const task = workerData as EngineTask;
const port = parentPort;
if (port === null) throw new Error('not a thread');
const report = (what: EngineReport, transfer: ArrayBuffer[] = []) => port.postMessage(what, transfer);

// Before the engine is loaded: it makes its memory at once.
boundWasmMemory();

if (task.kind === 'build') {
  const { buildCluster } = await import('./build-cluster.js');
  const cluster = await buildCluster(task.story);
  report({ kind: 'built', cluster }, [cluster]);
} else {
  const { serveCluster } = await import('./serve-cluster.js');
  const run = await serveCluster(task, (bytes) => report({ kind: 'output', bytes }));
  port.on('message', ({ bytes }: EngineInput) => {
    run(bytes);
    report({ kind: 'answered' });
  });
  report({ kind: 'ready' });
}
