import { randomBytes } from 'node:crypto';
import { cryptBase64 } from './crypt-base64.js';

/**
 * A password hash as Debian 11 and later write them to /etc/shadow: yescrypt, its usual cost, 16 bytes
 * of salt, 32 of hash. The hash is drawn, so that no password is the right one.
 */
export function yescryptHash(): string {
  return `$y$j9T$${encoded(randomBytes(16))}$${encoded(randomBytes(32))}`;
}

// Groups of three bytes, the lowest first; what is left over takes no more characters than it needs,
// so that the last one is not any of the 64 (libxcrypt, alg-yescrypt-common.c: encode64).
function encoded(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = bytes.subarray(at, at + 3);
    text += cryptBase64(group.readUIntLE(0, group.length), Math.ceil((group.length * 8) / 6));
  }
  return text;
}
