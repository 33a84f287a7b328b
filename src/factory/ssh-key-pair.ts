import { opensshPrivateKey } from './forms/openssh-key.js';
import { fingerprint, publicLine, sshPublicKey } from './forms/ssh-wire.js';
import type { KeyPair } from './key-pool.js';
import { ownerOf } from './ssh-owner.js';
import type { Companion, TrapContext, TrapMaterial } from './trap-kind.js';

/** The public half, where ssh-keygen(1) puts it. */
export const publicHalf: Companion = { nameFor: (trapName) => `${trapName}.pub`, mode: 0o644 };

/**
 * A key as ssh-keygen(1) leaves it on disk. It has no login: nobody types a key. The fingerprint is what
 * sshd(8) logs of it.
 */
export function sshKeyPair({ privateKey, publicKey }: KeyPair, { persona, path }: TrapContext): TrapMaterial {
  const { login, host } = ownerOf(persona, path);
  const comment = `${login}@${host}`;
  const text = opensshPrivateKey(privateKey, comment);
  const half = sshPublicKey(publicKey);
  return {
    content: Buffer.from(text),
    companions: [Buffer.from(`${publicLine(half)} ${comment}\n`)],
    secrets: [
      { label: 'private key', value: text.trim() },
      { label: 'fingerprint', value: fingerprint(half) },
    ],
  };
}
