import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { kinds, type TrapKindName } from '../../../src/factory/kinds.js';
import type { Registry } from '../../../src/factory/registry.js';
import { TrapFactory, type TrapFactoryOptions } from '../../../src/factory/trap-factory.js';
import type { TrapKind } from '../../../src/factory/trap-kind.js';
import { decoy } from '../../support/decoy.js';

export const resourcesDir = resolve(import.meta.dirname, '../../../resources');
export const kindNames = Object.keys(kinds) as TrapKindName[];
/** Kinds that take long to make: they may want an RSA key, or hide their content behind a slow hash. */
export const slowKinds: readonly TrapKindName[] = [
  'gcp-service-account',
  'jwt-key',
  'keepass',
  'openvpn',
  'ssh-key',
  'tls-key',
];
/** Some kinds that are quick to make, in folders of their own and not, of every mode and with a companion. */
export const quickKinds: readonly TrapKindName[] = [
  'aws-credentials',
  'backup-script',
  'bash-history',
  'env',
  'passwords',
  'payroll',
  'salary',
  'ssh-config',
  'ssh-key-ed25519',
  'sqlite',
];

/** How many files the kinds make: each a trap, with its companions. */
export function filesOf(names: readonly TrapKindName[]): number {
  return names.reduce((sum, name) => sum + 1 + ((kinds[name] as TrapKind).companions?.length ?? 0), 0);
}

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
        locale: 'en',
        ageDays: { youngest: 14, oldest: 540 },
        ...options,
      }),
    registry: async () => JSON.parse(await readFile(join(stateDir, 'registry.json'), 'utf8')) as Registry,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
