import type { Bringing, Progress } from './bringing.js';
import { removeFolders } from './made-folders.js';
import { discardIn } from './trap-file.js';

/** Takes back what has no name yet, and the folders; what has its name stays and is known. */
export async function undo({ sealed, registryFile }: Bringing, progress: Progress): Promise<void> {
  const { registry, groups, folders, published } = progress;
  for (const { folder: path, members } of groups) {
    const folder = await folders.existing(path).catch(() => undefined);
    if (folder === undefined) continue;
    for (const { temporary } of members) await discardIn(folder, temporary).catch(() => undefined);
  }
  const { made } = folders;
  const { staying } = await removeFolders(made);
  const removed = new Set(made);
  for (const folder of staying) removed.delete(folder);
  const remaining = [...new Set([...registry.folders, ...staying])].filter((folder) => !removed.has(folder));
  const traps = [...registry.traps, ...published];
  await sealed.keepOnly(new Set(traps.map(({ id }) => id)));
  await registryFile.write({ ...registry, folders: remaining, temporaries: [], traps });
}
