import { backupPassphraseOf } from '../backup-passphrase.js';
import { accountsOf } from '../company-accounts.js';
import { deploymentOf } from '../deployment.js';
import { ansibleVault as sealed } from '../forms/ansible-vault.js';
import { gitlabToken } from '../forms/gitlab.js';
import { servicePassword } from '../forms/service-password.js';
import { slackWebhook } from '../forms/slack.js';
import { generatedPassword, inventedPassword, labelled } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, readableByOwner, type TrapKind } from '../trap-kind.js';

/** An encrypted file of Ansible's variables; its password lies beside it, as it so often does. */
export const ansibleVault: TrapKind = {
  name: 'ansible-vault',
  summary: "encrypted variables of Ansible, with the vault's password beside them",
  mode: readableByAll,
  companions: [{ nameFor: () => '.vault_pass', mode: readableByOwner }],
  relativePath: () => 'ansible/vault.yml',
  async make({ persona, path, templates, decoy }) {
    const story = storyteller(persona.seed, 'ansible-vault');
    const secrets = {
      vault: generatedPassword(story.number.int({ min: 20, max: 40 })),
      shell: servicePassword(),
      become: servicePassword(),
      database: servicePassword(),
      mail: inventedPassword(persona.locale),
      monitoring: servicePassword(),
      repository: gitlabToken(),
      chat: slackWebhook(accountsOf(persona).slackTeam),
    };
    const users = {
      shell: story.helpers.arrayElement(['ansible', 'deploy', 'svc-ansible', 'provision', 'automation']),
      database: `${persona.project}_${story.helpers.arrayElement(['migrate', 'ansible', 'provision'])}`,
    };
    const plain = templates.text('ansible-vault/vault.yml.njk', {
      persona,
      path,
      secrets: { ...secrets, backup: backupPassphraseOf(persona) },
      users,
      decoy,
      deployment: deploymentOf(persona),
    });
    return {
      content: Buffer.from(await sealed(plain, secrets.vault)),
      companions: [Buffer.from(`${secrets.vault}\n`)],
      secrets: labelled(secrets).filter(({ label, value }) => label === 'vault' || plain.includes(value)),
      logins: [
        { service: 'ssh', user: users.shell, password: secrets.shell },
        { service: 'postgres', user: users.database, password: secrets.database },
      ],
    };
  },
};
