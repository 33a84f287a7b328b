import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freshKeys } from '../../src/factory/key-pool.js';
import { kinds } from '../../src/factory/kinds.js';
import { plant } from '../../src/factory/planter.js';
import { RegistryFile } from '../../src/factory/registry.js';
import { SealedCopies } from '../../src/factory/sealed-copies.js';
import { Templates } from '../../src/factory/templates.js';
import { readableByAll, readableByOwner } from '../../src/factory/trap-kind.js';
import { decoy } from '../support/decoy.js';
import type { Mounted } from './file-systems.js';
import type { Place, Route } from './route.js';
import { slugOf } from './routes.js';

const ageDays = { youngest: 14, oldest: 540 };

export interface Errand {
  readonly route: Route;
  readonly place: Place;
}

/**
 * Plants a trap for each route in a folder of its own, by the project's own factory and into the registry
 * that a daemon then takes up: it watches whatever its registry names.
 */
export async function plantForRoutes(
  routes: readonly Route[],
  mounted: Mounted,
  stateDir: string,
  program: (name: string) => string,
): Promise<Errand[]> {
  const trapsDir = join(mounted.path, 'traps');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await plant({
    trapsDir,
    registryFile: new RegistryFile(stateDir),
    sealed: new SealedCopies(stateDir),
    templates: new Templates(resolve('resources')),
    plan: async () => ({
      targets: routes.map((route) => ({
        kind: {
          ...kinds.passwords,
          name: slugOf(route),
          mode: route.ownerOnly ? readableByOwner : readableByAll,
        },
        path: join(trapsDir, slugOf(route), 'passwords.txt'),
        isOpen: false,
        ageDays,
        wishes: {},
      })),
      leftOut: [],
    }),
    kindNamed: () => undefined,
    decoy,
    keys: freshKeys,
    locale: 'en',
    ageDays,
    now: new Date(),
  });
  const errands: Errand[] = [];
  for (const route of routes) {
    const folder = join(trapsDir, slugOf(route));
    const work = join(mounted.path, 'work', slugOf(route));
    const trap = join(folder, 'passwords.txt');
    await mkdir(work, { recursive: true });
    const content = await readFile(trap);
    errands.push({
      route,
      place: { trap, folder, work, mount: mounted.path, device: mounted.device, content, program },
    });
  }
  return errands;
}
