import { randomUUID } from 'node:crypto';
import { accountsOf } from '../company-accounts.js';
import { azureClientSecret } from '../forms/azure.js';
import { storyteller } from '../storyteller.js';
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
    const story = storyteller(persona.seed, 'azure-profile');
    const { azureTenant: tenant, azureSubscription, azureSubscriptionName } = accountsOf(persona);
    // One login after another leaves its secret there; the profile is that of the last, the first in our list.
    const principals = Array.from({ length: story.helpers.arrayElement([1, 1, 2, 3]) }, () => ({
      id: randomUUID(),
      secret: azureClientSecret(),
    }));
    const [projects, purposes] = [
      [persona.project, ...persona.otherProjects],
      ['test', 'staging', 'dev', 'backup', 'dr', 'sandbox', 'shared'],
    ];
    const subscriptions = [
      { id: azureSubscription, name: azureSubscriptionName, isDefault: true },
      ...Array.from({ length: story.number.int({ min: 0, max: 3 }) }, () => ({
        id: story.string.uuid(),
        name: `${story.helpers.arrayElement(projects)}-${story.helpers.arrayElement(purposes)}`,
        isDefault: false,
      })),
    ];
    const values = {
      tenant,
      principals,
      subscriptions: story.helpers.shuffle(subscriptions),
      installationId: randomUUID(),
    };
    const profile = templates.text('azure-profile/profile.json.njk', values).trim();
    return {
      content: Buffer.from(templates.text('azure-profile/entries.json.njk', values).trim()),
      // azure-cli writes the profile, and it alone, in utf-8-sig (azure/cli/core/_session.py).
      companions: [Buffer.from(byteOrderMark + profile)],
      secrets: principals.flatMap(({ id, secret }, at) => [
        { label: at === 0 ? 'client id' : `client id ${at + 1}`, value: id },
        { label: at === 0 ? 'client secret' : `client secret ${at + 1}`, value: secret },
      ]),
    };
  },
};
