import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type AgeDays, drawTimes, type TrapTimes } from './ages.js';
import type { DecoyAddresses } from './decoy-addresses.js';
import type { KeyPool } from './key-pool.js';
import type { Persona } from './persona.js';
import type { TrapEntry } from './registry.js';
import { alphabets, randomText } from './secrets.js';
import type { Target } from './survey.js';
import type { Templates } from './templates.js';
import { sha256 } from './trap-file.js';
import type { Neighbour } from './trap-kind.js';

/** A trap that is made but not yet on disk. */
export interface Draft {
  readonly facts: Omit<TrapEntry, 'device' | 'inode'>;
  readonly content: Uint8Array;
  readonly mode: number;
  readonly times: TrapTimes;
  /** Where it is written first: in the same folder, with a name that says nothing. */
  readonly temporary: string;
}

export interface DraftOptions {
  readonly persona: Persona;
  readonly templates: Templates;
  readonly decoy: DecoyAddresses;
  readonly neighbours: readonly Neighbour[];
  readonly keys: KeyPool;
  readonly ageDays: AgeDays;
  readonly now: Date;
}

/** Makes the content of a trap, with secrets of its own. */
export async function draftTrap(target: Target, options: DraftOptions): Promise<Draft> {
  const { kind, path } = target;
  const { persona, templates, decoy, neighbours, keys, now } = options;
  const times = drawTimes(options.ageDays, now);
  const { content, secrets } = await kind.make({ persona, times, templates, path, decoy, neighbours, keys });
  return {
    facts: {
      id: `${kind.name}-${randomBytes(4).toString('hex')}`,
      kind: kind.name,
      path,
      sha256: sha256(content),
      size: content.length,
      mtime: times.modifiedAt.toISOString(),
      plantedAt: now.toISOString(),
      secrets: [...secrets],
    },
    content,
    mode: kind.mode,
    times,
    temporary: join(dirname(path), `.${randomText(alphabets.alphanumeric, 12)}`),
  };
}
