import { hash } from 'bcryptjs';
import { apacheMd5 } from '../forms/apache-md5.js';
import { cryptAlphabet } from '../forms/crypt-base64.js';
import { inventedPassword, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

/** The password file of a web server; whoever breaks a hash has a login. */
export const htpasswd: TrapKind = {
  name: 'htpasswd',
  summary: 'password file of a web server',
  mode: readableByAll,
  relativePath: () => '.htpasswd',
  async make({ persona, templates }) {
    const story = storyteller(persona.seed, 'htpasswd');
    const colleagues = story.helpers.arrayElements(
      persona.people.filter((one) => ['it', 'engineering'].includes(one.position.team)),
      { min: 2, max: 5 },
    );
    const users = [
      story.helpers.arrayElement(['admin', 'status', 'webmaster', persona.project]),
      ...colleagues.map((one) => one.login),
    ];
    const lines: string[] = [];
    const logins = [];
    for (const user of users) {
      const password = inventedPassword();
      // htpasswd -m is its default, -B what guides tell to use.
      const hashed = story.datatype.boolean()
        ? await bcrypt(password)
        : apacheMd5(password, randomText(cryptAlphabet, 8));
      lines.push(`${user}:${hashed}`);
      logins.push({ service: 'http' as const, user, password });
    }
    return {
      content: Buffer.from(templates.text('htpasswd/htpasswd.njk', { lines })),
      secrets: logins.map(({ user, password }) => ({ label: user, value: password })),
      logins,
    };
  },
};

// Cost 5 is that of htpasswd without -C, and 2y the name it gives the same algorithm (crypt_blowfish).
async function bcrypt(password: string): Promise<string> {
  return (await hash(password, 5)).replace(/^\$2[ab]\$/, '$2y$');
}
