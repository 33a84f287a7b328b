import { publicHalf, sshKeyPair } from '../ssh-key-pair.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** A private RSA key that opens nothing, with its public half. */
export const sshKey: TrapKind = {
  name: 'ssh-key',
  summary: 'private RSA key for SSH, with its public half',
  mode: readableByOwner,
  companions: [publicHalf],
  relativePath: () => 'id_rsa',
  async make(context) {
    return sshKeyPair(await context.keys.rsa(), context);
  },
};
