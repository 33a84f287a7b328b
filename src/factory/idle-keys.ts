import { createPrivateKey, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { freshKeys, type KeyPair, type KeyPool, type RsaBits } from './key-pool.js';

// As text, so that it is found whether the program was compiled or not. On Linux a priority is that of one thread,
// and 0 names the one that calls (setpriority(2), "C library/kernel differences").
const work = `
const { parentPort, workerData } = require('node:worker_threads');
const { generateKeyPairSync } = require('node:crypto');
require('node:os').setPriority(0, 19);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: workerData });
parentPort.postMessage(privateKey.export({ type: 'pkcs8', format: 'der' }));`;

// It allocates next to nothing.
const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

/** RSA keys of which nobody waits for one: made in a thread that gives way to every other. */
export const idleKeys: KeyPool = {
  ...freshKeys,
  async rsa(bits: RsaBits = 3072): Promise<KeyPair> {
    const worker = new Worker(work, { eval: true, workerData: bits, resourceLimits, env: {} });
    const [der] = (await once(worker, 'message')) as [Uint8Array];
    const privateKey = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
    return { privateKey, publicKey: createPublicKey(privateKey) };
  },
};
