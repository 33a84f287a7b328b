import { accountsOf } from '../company-accounts.js';
import { googleClientId, googleKeyId } from '../forms/google.js';
import type { Persona } from '../persona.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** The key file of a service account of Google Cloud. */
export const gcpServiceAccount: TrapKind = {
  name: 'gcp-service-account',
  summary: 'key file of a Google Cloud service account',
  mode: readableByOwner,
  relativePath: (persona) => `.config/gcloud/${accountName(persona)}.json`,
  async make({ persona, templates, keys }) {
    const { privateKey } = await keys.rsa(2048);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const keyId = googleKeyId();
    const text = templates.text('gcp-service-account/key.json.njk', {
      project: accountsOf(persona).googleProject,
      account: accountName(persona),
      pem,
      keyId,
      clientId: googleClientId(),
    });
    return {
      content: Buffer.from(text),
      secrets: [
        { label: 'private key id', value: keyId },
        // As it stands in the file: with its line ends escaped.
        { label: 'private key', value: JSON.stringify(pem).slice(1, -1) },
      ],
    };
  },
};

function accountName({ seed, project }: Persona): string {
  const story = storyteller(seed, 'gcp-service-account');
  return `${project}-${story.helpers.arrayElement(['backup', 'deploy', 'terraform', 'reports', 'storage', 'ci'])}`;
}
