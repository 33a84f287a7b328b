import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { DecoyAddresses } from '../../src/factory/decoy-addresses.js';
import { kinds, type TrapKindName } from '../../src/factory/kinds.js';
import type { TrapKind, TrapMaterial } from '../../src/factory/trap-kind.js';
import { decoy } from './decoy.js';
import { trapContext } from './trap-context.js';

/** A trap with its companions in a folder of its own, as the programs of a test open it. */
export interface TrapFile extends TrapMaterial {
  readonly folder: string;
  readonly path: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Writes a trap of the kind; its logins lead to `decoyPort` on the loopback address, if that is given. */
export async function trapFile(name: TrapKindName, seed: number, decoyPort?: number): Promise<TrapFile> {
  const kind: TrapKind = kinds[name];
  const ports = { ssh: decoyPort, http: decoyPort, postgres: decoyPort, redis: decoyPort };
  const leadsTo = decoyPort === undefined ? decoy : ({ host: '127.0.0.1', ports } as DecoyAddresses);
  const context = { ...trapContext(seed), decoy: leadsTo };
  const made = await kind.make(context);
  const folder = await mkdtemp(join(tmpdir(), 'trap-'));
  const trapName = basename(kind.relativePath(context.persona, 2025));
  const path = join(folder, trapName);
  await writeFile(path, made.content, { mode: kind.mode });
  for (const [index, companion] of (kind.companions ?? []).entries())
    await writeFile(join(folder, companion.nameFor(trapName)), made.companions?.[index] ?? '', {
      mode: companion.mode,
    });
  return {
    ...made,
    folder,
    path,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
