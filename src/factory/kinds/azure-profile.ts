import { randomUUID } from 'node:crypto';
import { accountsOf } from '../company-accounts.js';
import { azureClientSecret } from '../forms/azure.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

const byteOrderMark = '\ufeff';

/** The service principal that the Azure command line logs in as; the profile lies beside its secret. */
export const azureProfile: TrapKind = {
  name: 'azure-profile',
  summary: 'service principal and profile of the Azure command line',
  mode: readableByOwner,
  companions: [{ nameFor: () => 'azureProfile.json', mode: readableByOwner }],
  relativePath: () => '.azure/service_principal_entries.json',
  async make({ persona, templates }) {
    const clientId = randomUUID();
    const clientSecret = azureClientSecret();
    const values = { accounts: accountsOf(persona), clientId, clientSecret, installationId: randomUUID() };
    const profile = templates.text('azure-profile/profile.json.njk', values).trim();
    return {
      content: Buffer.from(templates.text('azure-profile/entries.json.njk', values).trim()),
      // azure-cli writes the profile, and it alone, in utf-8-sig (azure/cli/core/_session.py).
      companions: [Buffer.from(byteOrderMark + profile)],
      secrets: [
        { label: 'client id', value: clientId },
        { label: 'client secret', value: clientSecret },
      ],
    };
  },
};
