import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import type { TrapMaterial } from '../../src/factory/trap-kind.js';

/** What a reader finds in a sealed trap whose key lies beside it; nothing for other kinds. */
export function opened(kind: string, { content, companions }: TrapMaterial): Buffer[] {
  if (kind !== 'ansible-vault') return [];
  const password = Buffer.from(companions?.[0] ?? []).toString();
  return [openVault(Buffer.from(content).toString(), password.trim())];
}

// Format 1.1 of Ansible's user guide, "Vault payload format": a header, then hex of three lines of hex.
function openVault(vault: string, password: string): Buffer {
  const [, ...lines] = vault.trim().split('\n');
  const inner = Buffer.from(lines.join(''), 'hex').toString('latin1').split('\n');
  const [salt = Buffer.of(), , sealed = Buffer.of()] = inner.map((part) => Buffer.from(part, 'hex'));
  const keys = pbkdf2Sync(password, salt, 10_000, 80, 'sha256');
  const decipher = createDecipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64));
  const padded = decipher.update(sealed);
  return padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
}
