import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { agesOf, drawTimes, type TrapTimes } from './ages.js';
import type { DecoyAddresses } from './decoy-addresses.js';
import { codeOf } from './errors.js';
import type { KeyPool } from './key-pool.js';
import type { Persona } from './persona.js';
import type { TrapEntry } from './registry.js';
import { alphabets, randomText } from './secrets.js';
import { type FreeTarget, pathsOf } from './survey.js';
import type { Templates } from './templates.js';
import { sha256 } from './trap-file.js';
import { type Neighbour, readableByOwner } from './trap-kind.js';

/** One file that is to be planted: a trap, or a companion of one. */
export interface Member {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  /** Name under which it is written first: in the same folder, and saying nothing. */
  readonly temporary: string;
  /** Permission bits that the kind gives it. */
  readonly mode: number;
  /** Its program refuses another mode. */
  readonly isModeFixed: boolean;
  /** The trap whose place it takes over. */
  readonly replaces: TrapEntry | undefined;
}

/** A trap and its companions: all of them appear, or none. */
export interface Group {
  readonly target: FreeTarget;
  /** Absolute path of their folder. */
  readonly folder: string;
  /** The trap first. */
  readonly members: readonly Member[];
  readonly times: TrapTimes;
}

export interface MakingOptions {
  readonly persona: Persona;
  readonly templates: Templates;
  readonly decoy: DecoyAddresses;
  readonly neighbours: readonly Neighbour[];
  readonly keys: KeyPool;
  readonly now: Date;
}

/** Names and times of what is to be planted; contents come later, so that few are in memory at once. */
export function draftGroup(target: FreeTarget, now: Date): Group {
  const modes = [target.kind.mode, ...(target.kind.companions ?? []).map(({ mode }) => mode)];
  const members = pathsOf(target).map((path, index): Member => {
    const mode = modes[index] ?? target.kind.mode;
    return {
      id: `${target.kind.name}-${randomBytes(4).toString('hex')}`,
      path,
      name: basename(path),
      temporary: `.${randomText(alphabets.alphanumeric, 12)}`,
      mode,
      isModeFixed: mode === readableByOwner,
      replaces: target.replaces.get(path),
    };
  });
  return {
    target,
    folder: dirname(target.path),
    members,
    times: drawTimes(agesOf(basename(target.path), ageOf(target, now), now), now),
  };
}

/** What takes over from an earlier trap was written since that was planted. */
function ageOf({ ageDays, replaces }: FreeTarget, now: Date) {
  const planted = [...replaces.values()].map(({ plantedAt }) => Date.parse(plantedAt));
  if (planted.length === 0) return ageDays;
  const days = Math.max(0, (now.getTime() - Math.max(...planted)) / 86_400_000);
  return { youngest: 0, oldest: Math.min(days, ageDays.oldest) };
}

export interface MadeFile {
  readonly member: Member;
  readonly content: Uint8Array;
  readonly facts: Omit<TrapEntry, 'device' | 'inode'>;
}

/** Makes the contents of a group, with secrets of its own. */
export async function makeGroup(group: Group, options: MakingOptions): Promise<MadeFile[]> {
  const { target, times, members } = group;
  const { persona, templates, decoy, neighbours, keys, now } = options;
  const { kind, path } = target;
  const material = await kind.make({ persona, times, templates, path, decoy, neighbours, keys });
  const contents = [material.content, ...(material.companions ?? [])];
  if (contents.length !== members.length)
    throw new Error(`kind ${kind.name} made ${contents.length} files of ${members.length}`);
  return members.map((member, index) => {
    const content = contents[index] as Uint8Array;
    const isMain = index === 0;
    return {
      member,
      content,
      facts: {
        id: member.id,
        kind: kind.name,
        path: member.path,
        sha256: sha256(content),
        size: content.length,
        mtime: times.modifiedAt.toISOString(),
        plantedAt: now.toISOString(),
        secrets: isMain ? [...material.secrets] : [],
        ...(isMain && material.logins && { logins: [...material.logins] }),
        ...(!isMain && { beside: members[0]?.id }),
        ...(target.isOpen && { place: 'open' as const }),
      },
    };
  });
}

/** Errors of one place, which leave the others as they are. */
export function isOfThePlace(error: unknown): boolean {
  return codeOf(error) !== 'UNKNOWN' || (error instanceof Error && error.name === 'PlantingRefused');
}
