import type { KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { InternalAuthority } from '../internal-authority.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** The key of an internal web server, with its certificate and the company's own authority beside it. */
export const tlsKey: TrapKind = {
  name: 'tls-key',
  summary: 'TLS key of a web server, with its certificate chain',
  mode: readableByOwner,
  companions: [{ nameFor: (trapName) => `${trapName.replace(/\.key$/, '')}.crt`, mode: 0o644 }],
  relativePath: ({ hosts, seed }) => {
    const folder = storyteller(seed, 'tls folder').helpers.arrayElement(['ssl', 'tls', 'certs', 'pki']);
    return `${folder}/${hosts.application.name}.key`;
  },
  async make({ persona, path, times, decoy, keys }) {
    const story = storyteller(persona.seed, `tls ${path}`);
    const { application } = persona.hosts;
    const form = story.helpers.arrayElement(['pkcs8', 'pkcs1', 'sec1', 'pkcs8 elliptic'] as const);
    const isElliptic = form === 'sec1' || form === 'pkcs8 elliptic';
    const { privateKey } = isElliptic ? await keys.elliptic() : await keys.rsa();
    const web = `${persona.project}.${persona.internalDomain}`;
    const commonName = story.helpers.arrayElement([application.fullName, web]);
    const own = isIPv4(decoy.host) || decoy.host.includes('.') ? [decoy.host] : [];
    const names = new Set([commonName, application.fullName, web, application.address, ...own]);
    const authority = new InternalAuthority(persona);
    // Key and certificate came out of one run of a script, in the seconds before the file's own time.
    const signedAt = new Date(times.modifiedAt.getTime() - story.number.int({ min: 0, max: 4000 }));
    const leaf = authority.sign({ key: privateKey, use: 'server', commonName, names: [...names], signedAt });
    const text = exported(privateKey, form);
    return {
      content: Buffer.from(text),
      companions: [Buffer.from(leaf + authority.certificate)],
      secrets: [{ label: 'private key', value: text.trim() }],
    };
  },
};

function exported(key: KeyObject, form: 'pkcs8' | 'pkcs1' | 'sec1' | 'pkcs8 elliptic'): string {
  if (form === 'pkcs1') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  if (form === 'sec1') return key.export({ type: 'sec1', format: 'pem' }).toString();
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
