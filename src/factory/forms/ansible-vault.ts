import { createCipheriv, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

// In a worker thread of libuv: 10,000 rounds take several milliseconds.
const derive = promisify(pbkdf2);

/**
 * Encrypts `text` as `ansible-vault encrypt` does (format 1.1, Ansible's user guide "Vault payload
 * format"): AES-256 in counter mode, HMAC-SHA256 over what came out, both keys of PBKDF2.
 */
export async function ansibleVault(text: string, password: string): Promise<string> {
  const salt = randomBytes(32);
  const keys = await derive(password, salt, 10_000, 80, 'sha256');
  const cipher = createCipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64));
  // A stream cipher needs no padding; Ansible pads nevertheless, by the rule of PKCS #7.
  const plain = Buffer.from(text);
  const padding = 16 - (plain.length % 16);
  const sealed = Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(padding, padding))]);
  const proof = createHmac('sha256', keys.subarray(32, 64)).update(sealed).digest();
  const inner = [salt, proof, sealed].map((part) => part.toString('hex')).join('\n');
  const lines =
    Buffer.from(inner)
      .toString('hex')
      .match(/.{1,80}/g) ?? [];
  return `${['$ANSIBLE_VAULT;1.1;AES256', ...lines].join('\n')}\n`;
}
