import { publicHalf, sshKeyPair } from '../ssh-key-pair.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** A private Ed25519 key that opens nothing, with its public half. */
export const sshKeyEd25519: TrapKind = {
  name: 'ssh-key-ed25519',
  summary: 'private Ed25519 key for SSH, with its public half',
  mode: readableByOwner,
  companions: [publicHalf],
  relativePath: () => '.ssh/id_ed25519',
  async make(context) {
    return sshKeyPair(await context.keys.ed25519(), context);
  },
};
