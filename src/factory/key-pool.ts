import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

// In a worker thread of libuv: an RSA key takes hundreds of milliseconds.
const generate = promisify(generateKeyPair);

/** A private key with its public half. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** 3,072 bits is what ssh-keygen(1) makes, 2,048 what clouds hand out. */
export type RsaBits = 2048 | 3072;

/** Keys for traps; each is handed out once. */
export interface KeyPool {
  /** An RSA key, of 3,072 bits when nothing is said. */
  rsa(bits?: RsaBits): Promise<KeyPair>;
  ed25519(): Promise<KeyPair>;
  /** On the curve P-256. */
  elliptic(): Promise<KeyPair>;
}

/** Makes every key when it is asked for. */
export const freshKeys: KeyPool = {
  rsa: (bits = 3072) => generate('rsa', { modulusLength: bits }),
  ed25519: () => generate('ed25519'),
  elliptic: () => generate('ec', { namedCurve: 'P-256' }),
};
