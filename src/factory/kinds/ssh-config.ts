import { inventedPassword } from '../secrets.js';
import { technician } from '../ssh-owner.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** Short names for the company's servers, one of which is the decoy, with its password in a comment. */
export const sshConfig: TrapKind = {
  name: 'ssh-config',
  summary: "an administrator's short names for servers",
  mode: readableByOwner,
  relativePath: () => '.ssh/config',
  async make({ persona, path, templates, decoy, neighbours }) {
    const password = inventedPassword(persona.locale);
    // Administrators have two accounts, and this is the second: the first has its password elsewhere.
    const { login } = technician(persona, path);
    const story = storyteller(persona.seed, 'second account');
    const user = story.helpers.arrayElement([`adm-${login}`, `${login}-adm`, `a-${login}`, `${login}.adm`]);
    const keys = neighbours
      .filter(({ kind }) => kind.startsWith('ssh-key'))
      .map((neighbour) => neighbour.path);
    const text = templates.text('ssh-config/config.njk', {
      persona,
      path,
      user,
      password,
      decoy,
      gatePort: storyteller(persona.seed, 'ssh port of the gateway').number.int({ min: 2000, max: 9900 }),
      key: keys.find((one) => /^[\w./-]+$/.test(one)) ?? '',
    });
    return {
      content: Buffer.from(text),
      secrets: [{ label: 'password', value: password }],
      logins: [{ service: 'ssh', user, password }],
    };
  },
};
