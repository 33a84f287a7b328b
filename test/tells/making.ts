import { posix } from 'node:path';
import { kinds } from '../../src/factory/kinds.js';
import type { Locale, Persona } from '../../src/factory/persona.js';
import { storyteller } from '../../src/factory/storyteller.js';
import type { Neighbour, TrapKind, TrapMaterial } from '../../src/factory/trap-kind.js';
import { trapContext } from '../support/trap-context.js';
import { opened } from './opened.js';
import { unpack } from './unpack.js';

/** A trap of one persona. */
export interface Making {
  readonly material: TrapMaterial;
  /** The trap and what lies beside it, unpacked, in the order of the kind; last what a key beside it opens. */
  readonly files: readonly Buffer[];
}

// As administrators name where they let their decoy answer.
const hosts = [
  (seed: number) => `10.${seed * 3}.${seed * 7}.${seed * 11}`,
  (seed: number) => `192.168.${seed * 5}.${seed * 9}`,
  (seed: number) => `srv${seed}.example${seed * 13}.net`,
  (seed: number) => `172.${20 + (seed % 9)}.${seed}.${seed * 3}`,
];

/** One trap for each of 20 personas, all under the same path: whatever they share is of the kind. */
export async function twentyOf(kind: TrapKind, locale: Locale): Promise<Making[]> {
  const makings: Making[] = [];
  for (let seed = 1; seed <= 20; seed += 1) {
    // Each persona has a host of its own, so where its credentials lead is no mark of the kind.
    const decoy = {
      host: hosts[seed % hosts.length]?.(seed) ?? '',
      ports: {
        ssh: 22 + seed * 101,
        http: 8000 + seed * 17,
        postgres: 5400 + seed * 13,
        redis: 6300 + seed * 19,
      },
    };
    const context = trapContext(seed * 7919, locale);
    const neighbours = neighboursOf(context.persona, kind);
    const material = await kind.make({ ...context, neighbours, decoy });
    const files = [material.content, ...(material.companions ?? [])].map((file) => unpack(file));
    makings.push({ material, files: [...files, ...opened(kind.name, material)] });
  }
  return makings;
}

/**
 * Other traps as a manifest plants them: each persona's in folders of its own, and not the same kinds. What
 * a kind names its file is a mark of that kind, not of the one that leads there.
 */
function neighboursOf(persona: Persona, { name }: TrapKind): Neighbour[] {
  const story = storyteller(persona.seed, 'neighbours in a test');
  const { project, otherProjects, domain, people } = persona;
  const folders = [
    ...[project, ...otherProjects].flatMap((one) => [`/srv/${one}`, `/opt/${one}`, `/data/${one}/shared`]),
    ...people.map(({ login }) => `/home/${login}`),
    `/var/www/${domain}`,
    '/root',
  ];
  const others = Object.values<TrapKind>(kinds).filter((kind) => kind.name !== name);
  return story.helpers.arrayElements(others, { min: 2, max: 9 }).map((kind) => ({
    kind: kind.name,
    path: posix.join(story.helpers.arrayElement(folders), kind.relativePath(persona, 2025)),
  }));
}
