import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { kinds, type TrapKindName } from '../../../src/factory/kinds.js';
import type { Registry } from '../../../src/factory/registry.js';
import { TrapFactory, type TrapFactoryOptions } from '../../../src/factory/trap-factory.js';
import { decoy } from '../../support/decoy.js';

export const resourcesDir = resolve(import.meta.dirname, '../../../resources');
export const kindNames = Object.keys(kinds) as TrapKindName[];
/** All kinds that are quick to make. */
export const quickKinds = kindNames.filter((name) => name !== 'ssh-key' && name !== 'gcp-service-account');

/** A factory in folders of its own. */
export interface Workshop {
  readonly folder: string;
  readonly trapsDir: string;
  readonly stateDir: string;
  factory(options?: Partial<TrapFactoryOptions>): TrapFactory;
  registry(): Promise<Registry>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-'));
  const trapsDir = join(folder, 'files');
  const stateDir = join(folder, 'state');
  return {
    folder,
    trapsDir,
    stateDir,
    factory: (options) =>
      new TrapFactory({
        trapsDir,
        stateDir,
        resourcesDir,
        kinds: quickKinds,
        decoy,
        ageDays: { youngest: 14, oldest: 540 },
        ...options,
      }),
    registry: async () => JSON.parse(await readFile(join(stateDir, 'registry.json'), 'utf8')) as Registry,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
