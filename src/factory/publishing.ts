import { constants } from 'node:fs';
import { type FileHandle, link, open, unlink } from 'node:fs/promises';
import { type Group, isOfThePlace, type Member } from './draft.js';
import { codeOf, explaining, reasonOf, unless } from './errors.js';
import type { TrapEntry } from './registry.js';
import { exchangeNames } from './system-calls.js';
import { discardIn, examine, inodeAt } from './trap-file.js';
import type { TrapFolder } from './trap-folder.js';

// open(2): names a file without opening it, which no sensor takes for a touch.
const O_PATH = 0o10000000;

/** A member that has its name. */
interface Placed {
  readonly member: Member;
  readonly undo: () => Promise<void>;
}

/** What became of a group. */
export interface Published {
  /** Undefined when every member has its name. */
  readonly failure?: string;
  /**
   * Earlier traps that are gone; each is held, so that its inode is nobody else's until it is closed. Not
   * held is one that its user took away meanwhile.
   */
  readonly replaced: readonly { readonly entry: TrapEntry; readonly held: FileHandle | undefined }[];
}

/**
 * Gives the staged files of a group their names: all or none, and never over something else. In a folder
 * that others may change, whatever they do there is a failure of this group and of no other.
 * @throws PlantingFailed, after taking back what was done
 */
export async function publish(
  group: Group,
  folder: TrapFolder,
  inodes: ReadonlyMap<string, string>,
  isInPlace: boolean,
): Promise<Published> {
  const placed: Placed[] = [];
  const isOthers = (error: unknown) => group.target.isOpen && isOfThePlace(error);
  const attempt = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      if (!isOthers(error)) throw error;
    });
  const takeBack = async () => {
    for (const { undo } of placed.reverse()) await attempt(undo());
    for (const { temporary } of group.members) await attempt(discardIn(folder, temporary));
  };
  let failure: string | undefined;
  try {
    if (!isInPlace) failure = 'its folder was moved during planting';
    for (const member of group.members) {
      if (failure !== undefined) break;
      failure = await explaining(member.path, () =>
        member.replaces === undefined
          ? appear(member, folder, `${inodes.get(member.id)}`, placed)
          : takeOver(member, member.replaces, folder, `${inodes.get(member.id)}`, placed),
      );
    }
  } catch (error) {
    await takeBack();
    if (!isOthers(error)) throw error;
    return { failure: reasonOf(error), replaced: [] };
  }
  if (failure !== undefined) {
    await takeBack();
    return { failure, replaced: [] };
  }
  return { replaced: await removeReplaced(group, folder) };
}

async function appear(member: Member, folder: TrapFolder, inode: string, placed: Placed[]) {
  const [temporary, path] = [folder.at(member.temporary), folder.at(member.name)];
  try {
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'something appeared there during planting';
    if (codeOf(error) === 'ENOENT') return 'it went away during planting';
    throw error;
  }
  // Whoever may write in the folder may have swapped the temporary file: that is theirs then.
  if ((await inodeAt(folder, member.name)) !== inode) return 'it was swapped during planting';
  placed.push({
    member,
    undo: async () => {
      if ((await inodeAt(folder, member.name)) === inode) await unlink(path);
    },
  });
  await unless('ENOENT', () => unlink(temporary));
  return undefined;
}

async function takeOver(
  member: Member,
  before: TrapEntry,
  folder: TrapFolder,
  inode: string,
  placed: Placed[],
) {
  const [temporary, path] = [folder.at(member.temporary), folder.at(member.name)];
  try {
    exchangeNames(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'EINVAL') return 'its file system cannot exchange two files';
    if (codeOf(error) === 'ENOENT') return 'it went away during rotation';
    throw error;
  }
  const undo = async () => exchangeNames(temporary, path);
  // By content too: the inode of a trap that was removed may be somebody's new file by now.
  const isRight =
    (await examine(folder, before, member.temporary)).is === 'ours' &&
    (await inodeAt(folder, member.name)) === inode;
  if (!isRight) {
    await undo();
    return 'another file took its place during rotation';
  }
  placed.push({ member, undo });
  return undefined;
}

/** The earlier files lie under the temporary names by now. */
async function removeReplaced({ members }: Group, folder: TrapFolder): Promise<Published['replaced']> {
  const replaced: { entry: TrapEntry; held: FileHandle | undefined }[] = [];
  for (const { replaces, temporary, path } of members) {
    if (replaces === undefined) continue;
    const held = await explaining(path, () =>
      unless('ENOENT', () => open(folder.at(temporary), O_PATH | constants.O_NOFOLLOW)),
    );
    replaced.push({ entry: replaces, held });
    if ((await inodeAt(folder, temporary)) === replaces.inode) await discardIn(folder, temporary);
  }
  return replaced;
}
