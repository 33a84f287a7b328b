import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** A private RSA key that opens nothing, as ssh-keygen wrote them before OpenSSH 7.8. */
export const sshKey: TrapKind = {
  name: 'ssh-key',
  summary: 'private key for SSH',
  mode: readableByOwner,
  relativePath: () => 'id_rsa',
  async make({ keys }) {
    const { privateKey } = await keys.rsa();
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    return { content: Buffer.from(pem), secrets: [{ label: 'private key', value: pem.trim() }] };
  },
};
