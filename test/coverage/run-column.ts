import { cpus } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { exitCodes } from '../../src/daemon/failure.js';
import { type AuditRecord, Installation } from '../e2e/phantomd.js';
import { until } from '../support/until.js';
import { type Cell, isStranger, judge } from './cell.js';
import type { Column } from './columns.js';
import type { FileSystems, Mounted } from './file-systems.js';
import type { FileSystemName } from './route.js';
import { allRoutes } from './routes.js';
import { failureOf, type Taken, Traveller } from './take-route.js';
import { type Errand, plantForRoutes } from './watched-traps.js';

/** This sensor, or its set of hooks, does not work on the running kernel. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}

/** Cells by the names of the routes; a route that does not apply or cannot be taken here has none. */
export type Cells = Readonly<Record<string, Cell>>;

export interface Ran {
  readonly cells: Cells;
  /** Touches by processes that this run did not start, in words: somebody else was at the traps. */
  readonly strangers: readonly string[];
}

/**
 * Takes every route on one file system under a daemon with one sensor.
 * @throws NotHere; Error when the sensor lost something meanwhile, so that nothing can be said
 */
export async function runColumn(
  column: Column,
  fileSystem: FileSystemName,
  fileSystems: FileSystems,
  program: (name: string) => string,
): Promise<Ran> {
  const mounted = await fileSystems.mount(fileSystem);
  const installation = await Installation.make({
    paths: { traps_dir: join(mounted.path, 'traps') },
    traps: { kinds: ['passwords'] },
    sensor: column.sensor,
    response: { sandbox: false, containment: 'observe', on_tamper: 'observe' },
  });
  const routes = [];
  for (const route of allRoutes)
    if (!route.notOn?.[fileSystem] && (await route.missing?.()) === undefined) routes.push(route);
  let errands: Errand[] = [];
  try {
    errands = await plantForRoutes(routes, mounted, installation.stateDir, program);
    const taken = await takeAll(column, errands, installation, mounted);
    return await judgeAll(column, taken, await installation.records());
  } finally {
    for (const { route, place } of errands) await route.tidy?.(place);
    await installation.remove();
    await fileSystems.unmount(fileSystem);
  }
}

type Journeys = readonly (Errand & { readonly taken: Taken })[];

async function takeAll(
  column: Column,
  errands: readonly Errand[],
  installation: Installation,
  mounted: Mounted,
): Promise<Journeys> {
  for (const { route, place } of errands) await route.prepare?.(place);
  const early = new Map<Errand, Traveller>();
  try {
    for (const errand of errands.filter(({ route }) => route.before)) {
      const traveller = new Traveller(errand.route, errand.place);
      early.set(errand, traveller);
      await traveller.holding();
    }
    const daemon = await armed(installation);
    const journeys: (Errand & { taken: Taken })[] = [];
    for (const errand of errands) {
      const traveller = early.get(errand) ?? new Traveller(errand.route, errand.place);
      journeys.push({ ...errand, taken: await traveller.finish() });
    }
    await passFence(column, installation, join(mounted.path, 'traps', 'passwords.txt')).catch(
      (error: Error) => {
        const last = daemon.stderr.trim().split('\n').slice(-2).join('; ');
        throw new Error(`${error.message}; the daemon's last words: ${last}`);
      },
    );
    await daemon.stop();
    return journeys;
  } finally {
    for (const traveller of early.values()) traveller.kill();
  }
}

async function armed(installation: Installation) {
  const daemon = installation.launch();
  await until(
    'the daemon to be armed',
    async () => {
      if (!daemon.ended) return daemon.stderr.includes('armed: ');
      const code = await daemon.end();
      if (code === exitCodes.noSensor) throw new NotHere(daemon.stderr);
      throw new Error(`the daemon ended with ${code}: ${daemon.stderr}`);
    },
    90_000,
  );
  return daemon;
}

/**
 * A touch on every processor, after all others, waited for: lines of one processor come in order, so
 * everything before has come too.
 */
async function passFence(column: Column, installation: Installation, trap: string): Promise<void> {
  for (const [index] of cpus().entries()) {
    const child = execa('taskset', ['--cpu-list', String(index), 'cat', trap], { stdout: 'ignore' });
    await child;
    await installation.record(
      'the touch after all others',
      ({ event, file, process: toucher }) =>
        event.action === 'trap-touched' &&
        file.path === trap &&
        (column.namesNobody === true || toucher === undefined || toucher.pid === child.pid),
    );
  }
}

async function judgeAll(column: Column, journeys: Journeys, records: readonly AuditRecord[]): Promise<Ran> {
  const blind = records.find(({ event }) => ['sensor-lost', 'sensor-gap'].includes(event.action));
  if (blind) throw new Error(`the sensor was blind meanwhile: ${blind.message}`);
  const touches = records.filter(({ event }) => event.action === 'trap-touched');
  const cells: Record<string, Cell> = {};
  const strangers: string[] = [];
  for (const { route, place, taken } of journeys) {
    const impossible = await failureOf(route, place, taken);
    const ofTrap = touches.filter(({ file }) => file.path === place.trap);
    cells[route.name] = impossible === undefined ? judge(ofTrap, route, taken, column) : { impossible };
    if (!column.namesNobody)
      strangers.push(...ofTrap.filter((record) => isStranger(record, taken)).map(({ message }) => message));
  }
  return { cells, strangers };
}
