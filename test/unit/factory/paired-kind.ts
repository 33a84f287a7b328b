import { generatedPassword } from '../../../src/factory/secrets.js';
import type { TrapKind } from '../../../src/factory/trap-kind.js';

/** A kind with a companion and a login, quick to make: `pair.key` and `pair.key.pub` with one text in both. */
export const paired: TrapKind = {
  name: 'pair',
  summary: 'two files that belong together',
  mode: 0o600,
  companions: [{ nameFor: (name) => `${name}.pub`, mode: 0o644 }],
  relativePath: () => 'pair.key',
  async make() {
    const secret = generatedPassword();
    return {
      content: Buffer.from(`private ${secret}\n`),
      secrets: [{ label: 'key', value: secret }],
      logins: [{ service: 'ssh', user: 'backup', password: secret }],
      companions: [Buffer.from(`public of ${secret}\n`)],
    };
  },
};
