import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { argon2d, bcrypt } from 'hash-wasm';

/** The slow hashes, by their names in hash-wasm. */
interface Hashes {
  readonly argon2d: typeof argon2d;
  readonly argon2id: typeof argon2d;
  readonly bcrypt: typeof bcrypt;
}

interface Job {
  readonly name: keyof Hashes;
  readonly options: unknown;
  readonly done: (hash: never) => void;
  readonly failed: (error: Error) => void;
}

type Answer = { readonly hash: never } | { readonly failure: string };

// As text, so that it is found whether the program was compiled or not.
const work = `
const { parentPort, workerData } = require('node:worker_threads');
const hashes = require(workerData);
// The daemon's priority is for touches.
require('node:os').setPriority(0, 0);
parentPort.on('message', ({ name, options }) =>
  hashes[name](options).then(
    (hash) => parentPort.postMessage({ hash }),
    (error) => parentPort.postMessage({ failure: String(error) }),
  ),
);`;

/** A worker costs tens of ms to start, and memory as long as it is there. */
const idleMs = 2000;

const waiting: Job[] = [];
const idle: { readonly worker: Worker; readonly timer: NodeJS.Timeout }[] = [];
let running = 0;

/**
 * A hash that takes long, made in another thread: in this one it would hold up whatever else is to be done, such
 * as the answer to a touch, for up to a second.
 * @throws Error where hash-wasm refuses the options
 */
export function hashed(
  name: 'argon2d' | 'argon2id',
  options: Parameters<typeof argon2d>[0],
): Promise<Uint8Array>;
export function hashed(name: 'bcrypt', options: Parameters<typeof bcrypt>[0]): Promise<string>;
export function hashed(name: keyof Hashes, options: unknown): Promise<Uint8Array | string> {
  return new Promise((done, failed) => {
    waiting.push({ name, options, done, failed });
    if (idle.length > 0 || running < availableParallelism()) next(idle.pop());
  });
}

/** Gives the next job to a worker, a new one if none is given. */
function next(rested?: (typeof idle)[number]): void {
  clearTimeout(rested?.timer);
  const job = waiting.shift();
  if (job === undefined) return;
  const worker = rested?.worker ?? start();
  worker.ref();
  worker.once('message', (answer: Answer) => {
    worker.removeAllListeners('error');
    if ('hash' in answer) job.done(answer.hash);
    else job.failed(new Error(`${job.name}: ${answer.failure}`));
    rest(worker);
  });
  worker.once('error', (error) => {
    running -= 1;
    job.failed(error);
    next();
  });
  worker.postMessage({ name: job.name, options: job.options });
}

function start(): Worker {
  running += 1;
  const hashWasm = createRequire(import.meta.url).resolve('hash-wasm');
  return new Worker(work, { eval: true, workerData: hashWasm });
}

/** It takes the next job, or ends when none comes. Meanwhile it keeps no process alive. */
function rest(worker: Worker): void {
  worker.unref();
  const timer = setTimeout(() => {
    idle.splice(
      idle.findIndex((one) => one.worker === worker),
      1,
    );
    running -= 1;
    void worker.terminate();
  }, idleMs).unref();
  const rested = { worker, timer };
  if (waiting.length > 0) next(rested);
  else idle.push(rested);
}
