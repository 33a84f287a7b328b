import { createHmac, createPublicKey, randomBytes } from 'node:crypto';
import { publicLine, sshPublicKey } from '../forms/ssh-wire.js';
import { ed25519From, StoryKey } from '../forms/story-key.js';
import type { Host, Persona } from '../persona.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** The servers that someone has logged in to, some of them by hashed names. */
export const knownHosts: TrapKind = {
  name: 'known-hosts',
  summary: 'servers that someone logged in to by SSH',
  mode: readableByOwner,
  relativePath: () => '.ssh/known_hosts',
  async make({ persona, path, decoy }) {
    const story = storyteller(persona.seed, `known hosts ${path}`);
    // Not the decoy: ssh(1) refuses to log in where another key answers than the one that stands here.
    const hosts = Object.values(persona.hosts).filter((host) => !isAt(decoy.host, host));
    const visited = story.helpers.arrayElements(hosts, { min: 4, max: hosts.length }).map((host) => ({
      key: host.fullName,
      names: story.helpers.arrayElement([
        [host.fullName],
        [host.address],
        [host.name, host.address],
        [host.fullName, host.address],
      ]),
    }));
    // ssh(1) of a system either hashes or does not; a file that was carried along has both.
    const hashedFrom = story.number.int(2);
    const hashed: string[] = [];
    const lines = visited.flatMap(({ key, names }, index) => {
      const keys = hostKeys(persona, key, story.number.int({ min: 1, max: 2 }));
      if (index < hashedFrom) return keys.map((line) => `${names.join(',')} ${line}`);
      // A hashed line holds one name; so ssh(1) writes one for the name and one for the address.
      return names.flatMap((name) =>
        keys.map((line) => {
          hashed.push(hashedName(name));
          return `${hashed.at(-1)} ${line}`;
        }),
      );
    });
    // The salts are unique, so that a line that turns up elsewhere tells where it is from.
    const secrets = hashed.map((value, index) => ({ label: `hashed name ${index + 1}`, value }));
    return { content: Buffer.from(`${lines.join('\n')}\n`), secrets };
  },
};

function isAt(name: string, { address, fullName, name: short }: Host): boolean {
  return [address, fullName, short].includes(name);
}

/** A host has the same keys in every file of the story. */
function hostKeys({ seed }: Persona, host: string, count: number): string[] {
  const aspect = `host key ${host}`;
  const keys = [ed25519From(seed, aspect), new StoryKey(seed, aspect).privateKey];
  return keys.slice(0, count).map((key) => publicLine(sshPublicKey(createPublicKey(key))));
}

// sshd(8), SSH_KNOWN_HOSTS FILE FORMAT: `|1|`, the salt, `|`, HMAC-SHA1 of the name keyed with the salt.
function hashedName(name: string): string {
  const salt = randomBytes(20);
  const digest = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${digest}`;
}
