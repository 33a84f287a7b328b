import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { decoyUrl } from '../decoy-url.js';
import { InternalAuthority } from '../internal-authority.js';
import { alphabets, labelled, randomText } from '../secrets.js';
import { technician } from '../ssh-owner.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** An OpenVPN client profile with everything that it takes to connect inside. */
export const openvpn: TrapKind = {
  name: 'openvpn',
  summary: 'OpenVPN client profile with certificate and keys inside',
  mode: readableByOwner,
  relativePath: (persona) => {
    const story = storyteller(persona.seed, 'vpn profile');
    const { login } = persona.administrator;
    const { project, hosts } = persona;
    return `${story.helpers.arrayElement([`${login}-${hosts.gateway.name}`, login, `${project}-${login}`, `vpn-${login}`])}.ovpn`;
  },
  async make({ persona, path, times, templates, decoy, keys }) {
    const story = storyteller(persona.seed, `vpn ${path}`);
    // The name of the file may say whose it is.
    const named = [persona.administrator, persona.developer].find((one) =>
      basename(path).includes(one.login),
    );
    const { login } = named ?? technician(persona, path);
    const authority = new InternalAuthority(persona);
    const { privateKey } = story.datatype.boolean() ? await keys.rsa() : await keys.elliptic();
    const commonName = story.helpers.arrayElement([login, `${login}-laptop`, `${login}.${persona.domain}`]);
    const signedAt = new Date(times.modifiedAt.getTime() - story.number.int({ min: 500, max: 90_000 }));
    const secrets = {
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim(),
      staticKey: staticKey(),
      password: randomText(alphabets.alphanumeric, story.number.int({ min: 12, max: 20 })),
    };
    const text = templates.text('openvpn/client.njk', {
      persona,
      path,
      secrets,
      login,
      url: decoyUrl(decoy),
      port: storyteller(persona.seed, 'vpn port').helpers.arrayElement([1194, 1194, 1195, 443, 8443]),
      authority: authority.certificate.trim(),
      certificate: authority.sign({ key: privateKey, use: 'client', commonName, signedAt }).trim(),
      server: `${persona.hosts.gateway.name}.${persona.domain}`,
    });
    return {
      content: Buffer.from(text),
      secrets: labelled(secrets),
      logins: [{ service: 'http', user: login, password: secrets.password }],
    };
  },
};

/** As `openvpn --genkey secret` writes it: 256 bytes, 16 a line. */
function staticKey(): string {
  const lines = randomBytes(256).toString('hex').match(/.{32}/g) ?? [];
  return ['-----BEGIN OpenVPN Static key V1-----', ...lines, '-----END OpenVPN Static key V1-----'].join(
    '\n',
  );
}
