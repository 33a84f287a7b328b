import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

// In a worker thread of libuv: a key takes hundreds of milliseconds.
const generate = promisify(generateKeyPair);

/** A private RSA key that opens nothing, as ssh-keygen wrote them before OpenSSH 7.8. */
export const sshKey: TrapKind = {
  name: 'ssh-key',
  mode: readableByOwner,
  relativePath: () => 'id_rsa',
  async make() {
    const { privateKey } = await generate('rsa', {
      modulusLength: 3072,
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    return {
      content: Buffer.from(privateKey),
      secrets: [{ label: 'private key', value: privateKey.trim() }],
    };
  },
};
