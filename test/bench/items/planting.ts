import { mkdir, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { composeFactory } from '../../../src/daemon/compose.js';
import { FirstPlanting } from '../../../src/daemon/first-planting.js';
import { packageFiles } from '../../../src/daemon/package-files.js';
import { drawTimes } from '../../../src/factory/ages.js';
import { freshKeys } from '../../../src/factory/key-pool.js';
import { kinds } from '../../../src/factory/kinds.js';
import { personaFrom } from '../../../src/factory/persona.js';
import { RegistryFile, type TrapEntry } from '../../../src/factory/registry.js';
import { StoredKeys } from '../../../src/factory/stored-keys.js';
import { Templates } from '../../../src/factory/templates.js';
import { ignoringListener } from '../../support/ignoring-listener.js';
import { benchConfig } from '../bench-config.js';
import { boundGoal } from '../goal.js';
import type { Item } from '../item.js';
import { ebpfSensor, orMissing } from '../line/watched-line.js';
import { progress, quietDiagnostics } from '../progress.js';
import { requireRoot } from '../requirements.js';
import type { Workspace } from '../workspace.js';

const mixed = 1000;
const registered = 50_000;
const makingMs = 2000;
/** One of each kind lies in a folder; four kinds may need a long key. */
const keysReady = Math.ceil(mixed / Object.keys(kinds).length) * 4;
/** So many text traps in one folder, to see whether each takes as long as before. */
const growing = [1000, 8000] as const;
const goalMs = 10_000;

export const planting: Item = {
  name: 'planting',
  title: 'Planting traps',
  how: `Each kind alone: making contents in memory for ${makingMs / 1000} s, one after the other, keys included. Then ${mixed.toLocaleString('en-US')} traps of all kinds by a manifest, one of each kind in a folder (their RSA keys lie ready, as the daemon makes them beforehand), planted with everything synced while the sensor is armed, as at the start of the daemon, and watched before they appear. Their story is another in each run: where it has Argon2 for its KeePass files it takes longer. Then text traps in one folder, planted, looked at and removed again: ms for each, which should not grow with their number. Then a registry with ${registered.toLocaleString('en-US')} entries: its size, the memory it takes when it is read, and the time to read and to write it.`,
  async measure(workspace) {
    requireRoot();
    const perKind: string[][] = [];
    for (const name of Object.keys(kinds)) {
      progress(`planting: ${name}`);
      perKind.push([name, (await makingRate(name as keyof typeof kinds)).toFixed(1)]);
    }
    progress(`planting: ${mixed} mixed`);
    const { bothMs, armedMs, files } = await plantMixed(workspace);
    const grown: string[][] = [];
    for (const count of growing) {
      progress(`planting: ${count} text traps`);
      grown.push(await growth(workspace, count));
    }
    progress(`planting: a registry with ${registered} entries`);
    const registry = await registryCost(workspace);
    return {
      tables: [
        { columns: ['kind', 'made a second'], rows: perKind },
        {
          columns: ['traps and companions', 'planted and watched s', 'sensor armed s', 'planted a second'],
          rows: [
            [
              files.toLocaleString('en-US'),
              (bothMs / 1000).toFixed(1),
              (armedMs / 1000).toFixed(1),
              ((files / bothMs) * 1000).toFixed(0),
            ],
          ],
        },
        { columns: ['text traps', 'planted, ms each', 'kept, ms each', 'removed, ms each'], rows: grown },
        {
          columns: ['entries', 'file MB', 'heap MB', 'read s', 'written s'],
          rows: [[registered.toLocaleString('en-US'), ...registry.map((value) => value.toFixed(1))]],
        },
      ],
      goals: [
        boundGoal(
          `${mixed.toLocaleString('en-US')} mixed traps are planted and armed in under ${goalMs / 1000} s`,
          bothMs,
          { below: goalMs },
          (value) => `${(value / 1000).toFixed(1)} s`,
        ),
      ],
    };
  },
};

async function makingRate(name: keyof typeof kinds): Promise<number> {
  const persona = personaFrom(1);
  const templates = new Templates(packageFiles.resources);
  const { sandbox } = benchConfig('/nowhere');
  const startedAt = performance.now();
  let made = 0;
  while (performance.now() - startedAt < makingMs) {
    await kinds[name].make({
      persona,
      times: drawTimes({ youngest: 14, oldest: 540 }, new Date()),
      templates,
      path: `/srv/files/${name}`,
      decoy: sandbox.advertise,
      neighbours: [],
      keys: freshKeys,
    });
    made += 1;
  }
  return (made / (performance.now() - startedAt)) * 1000;
}

async function plantMixed(workspace: Workspace) {
  const names = Object.keys(kinds);
  const manifest = join(workspace.root, 'traps.yaml');
  const lines = Array.from({ length: mixed }, (_, place) => {
    const set = Math.floor(place / names.length);
    return `  - { kind: ${names[place % names.length]}, path: 'set-${set}/' }`;
  });
  await writeFile(manifest, `traps:\n${lines.join('\n')}\n`);
  const config = benchConfig(workspace.root, { traps: { manifest } });
  await mkdir(config.paths.state_dir, { recursive: true, mode: 0o700 });
  const keys = new StoredKeys({
    stateDir: config.paths.state_dir,
    size: keysReady,
    rest: 0,
    atOnce: availableParallelism(),
    tell: (message) => progress(`planting: ${message}`),
  });
  keys.fill();
  await keys.filled();
  const startedAt = performance.now();
  const since = () => performance.now() - startedAt;
  const sensor = ebpfSensor(config);
  workspace.defer(() => sensor.disarm());
  let armedMs = 0;
  const first = new FirstPlanting({
    arm: async (firstTraps, coming) => {
      await orMissing(sensor.arm(await firstTraps(sensor), ignoringListener, coming));
      armedMs = since();
      return sensor;
    },
    appearing: async () => {},
    traps: new Map(),
    diagnostics: quietDiagnostics,
  });
  let files = 0;
  await first.run(async () => {
    const { planted, skipped } = await composeFactory(config, keys).plant({ watch: first });
    if (skipped[0] !== undefined) throw new Error(`${skipped[0].path}: ${skipped[0].reason}`);
    files = planted.length;
    return planted;
  });
  const bothMs = since();
  await sensor.disarm();
  return { bothMs, armedMs, files };
}

/** Number of traps, ms for each to plant, to find unchanged and to remove. */
async function growth(workspace: Workspace, count: number): Promise<string[]> {
  const root = await workspace.folder(`growth-${count}`);
  const manifest = join(root, 'traps.yaml');
  await writeFile(manifest, `traps:\n  - { kind: netrc, path: 'many/', count: ${count} }\n`);
  const config = benchConfig(root, { traps: { manifest } });
  await mkdir(config.paths.state_dir, { recursive: true, mode: 0o700 });
  const factory = composeFactory(config);
  const steps = [
    async () => (await factory.plant()).planted.length,
    async () => (await factory.plant()).kept.length,
    async () => (await factory.unplant()).removed.length,
  ];
  const row = [count.toLocaleString('en-US')];
  for (const step of steps) {
    const startedAt = performance.now();
    if ((await step()) !== count) throw new Error(`not all of ${count} traps`);
    row.push(((performance.now() - startedAt) / count).toFixed(2));
  }
  return row;
}

/** What is garbage must not count as memory; Node offers it only where it was asked to. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** MB of the file, MB of heap, seconds to read, seconds to write. */
async function registryCost(workspace: Workspace): Promise<number[]> {
  const folder = await workspace.folder('registry');
  const file = new RegistryFile(folder);
  const traps = Array.from({ length: registered }, (_, index): TrapEntry => {
    const number = index.toString(16).padStart(8, '0');
    const secret = (label: string) => ({ label, value: `${number}${'x'.repeat(24)}` });
    return {
      id: `passwords-${number}`,
      kind: 'passwords',
      path: `/srv/files/${number}/passwords.txt`,
      device: '65024',
      inode: String(index + 1),
      sha256: number.repeat(8),
      size: 2000,
      mtime: new Date().toISOString(),
      plantedAt: new Date().toISOString(),
      secrets: ['database', 'cache', 'mail', 'backup'].map(secret),
    };
  });
  const wroteAt = performance.now();
  await file.write({ version: 1, seed: 1, locale: 'en', folders: [], temporaries: [], traps });
  const writtenMs = performance.now() - wroteAt;
  const bytes = (await stat(file.path)).size;
  collect();
  const before = process.memoryUsage().heapUsed;
  const readAt = performance.now();
  const registry = await file.read();
  const readMs = performance.now() - readAt;
  collect();
  const heap = process.memoryUsage().heapUsed - before;
  if (registry?.traps.length !== registered) throw new Error('the registry was not read whole');
  return [bytes / 1e6, heap / 1e6, readMs / 1000, writtenMs / 1000];
}
