import { randomInt } from 'node:crypto';
import { urlHost } from '../decoy-url.js';
import { deploymentOf } from '../deployment.js';
import { servicePassword } from '../forms/service-password.js';
import { alphabets, labelled, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

// What wp_generate_password() draws its keys from, but for what would end a PHP string.
const saltAlphabet = `${alphabets.alphanumeric}!@#$%^&*()-_ []{}<>~\`+=,.;:/?|`;
const keys = ['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY'];

/** The configuration of a WordPress site that updates itself over SSH. */
export const wpConfig: TrapKind = {
  name: 'wp-config',
  summary: 'configuration of WordPress with database and SSH logins',
  mode: readableByAll,
  relativePath: () => 'wp-config.php',
  async make({ persona, path, templates, decoy }) {
    const story = storyteller(persona.seed, 'wp-config');
    const secrets = { database: servicePassword(), files: servicePassword(), authKey: salt() };
    const salts = [...keys, ...keys.map((key) => key.replace('_KEY', '_SALT'))].map((name) => ({
      name,
      value: name === 'AUTH_KEY' ? secrets.authKey : salt(),
      gap: ' '.repeat(17 - name.length),
    }));
    const user = story.helpers.arrayElement(['www-deploy', 'wordpress', 'webadmin', 'site', 'wpupdate']);
    const values = {
      persona,
      path,
      secrets,
      decoy,
      host: urlHost(decoy.host),
      salts,
      user,
      database: deploymentOf(persona).website,
      databaseUser: story.helpers.arrayElement(['wordpress', 'wp_user', 'wpuser', `${persona.project}_wp`]),
      prefix: story.helpers.arrayElement([
        'wp_',
        'wp_',
        `wp${randomInt(2, 99)}_`,
        `${persona.project.slice(0, 3)}_`,
      ]),
    };
    return {
      content: Buffer.from(templates.text('wp-config/wp-config.php.njk', values)),
      secrets: labelled(secrets),
      logins: [{ service: 'ssh', user, password: secrets.files }],
    };
  },
};

function salt(): string {
  return randomText(saltAlphabet, 64);
}
