import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import type { Diagnostics } from '../../../src/core/ports/diagnostics.js';
import type { Touch } from '../../../src/core/touch.js';
import type { TrailEvent } from '../../../src/core/trail.js';
import type { Trap } from '../../../src/core/trap.js';
import { SystemClock } from '../../../src/daemon/system-clock.js';
import { ProcReader } from '../../../src/process/proc-reader.js';
import { ProcProcessInspector } from '../../../src/process/process-inspector.js';
import { UserDatabase } from '../../../src/process/user-database.js';
import { EbpfSensor } from '../../../src/sensor/ebpf/ebpf-sensor.js';
import { type HookPlan, planHooks, usedTracepoints } from '../../../src/sensor/ebpf/hook-plan.js';
import { readKernelOffer } from '../../../src/sensor/ebpf/kernel-offer.js';
import { ignoringListener } from '../../support/ignoring-listener.js';
import { complaintsAbout } from './judge.js';
import { report } from './report.js';
import { type FileSystem, type Route, routes, visibleOps } from './routes.js';
import { tryHold } from './try-hold.js';

/** Where a trap lies and by which folder it is read. */
const places: Record<FileSystem, { readonly planted: string; readonly read: string }> = {
  tmpfs: { planted: '/fs/tmpfs', read: '/fs/tmpfs' },
  ext4: { planted: '/fs/ext4', read: '/fs/ext4' },
  overlay: { planted: '/fs/ext4/below', read: '/fs/merged' },
};

interface Attempt {
  readonly route: Route;
  readonly fileSystem: FileSystem;
  readonly trap: Trap;
  readonly readPath: string;
  readonly touches: Touch[];
}

/** The machine has no hardware help and is slow. */
const startTimeoutMs = 1_200_000;
const touchTimeoutMs = 15_000;

/** Arms the sensor with one trap for each route and file system, and takes every route. */
export async function tryRoutes(hooks: string): Promise<void> {
  const attempts = await plant(hooks.replace(' ', '-'));
  const inspector = new ProcProcessInspector({ reader: new ProcReader(), users: new UserDatabase() });
  const sensor = new EbpfSensor({
    bpfFolder: '/app/bpf',
    stateDir: '/fs/ext4/state',
    restartMinMs: 1000,
    restartMaxMs: 1000,
    clock: new SystemClock(),
    diagnostics: loud,
    startTimeoutMs,
    heartbeatMs: 10_000,
    inspect: (actor) => inspector.glance(actor),
    // What the daemon does when nothing is configured. Children of this process are never stopped.
    containment: 'inspect',
    onTamper: 'freeze',
    follow: { session: true, idleSeconds: 300 },
  });
  const begin = performance.now();
  const [plan] = planHooks(await readKernelOffer(usedTracepoints));
  if (plan === undefined) throw new Error('there is no plan for this kernel');
  const planned = performance.now();
  const trail: TrailEvent[] = [];
  const held = await plantTrap('ext4', `${hooks.replace(' ', '-')}-held`);
  const ofHeld: Touch[] = [];
  const attemptOf = new Map(attempts.map((attempt) => [attempt.trap.id, attempt]));
  await sensor.arm([held, ...[...attemptOf.values()].map(({ trap }) => trap)], {
    ...ignoringListener,
    touched: (touch) => (attemptOf.get(touch.trapId)?.touches ?? ofHeld).push(touch),
    followed: (event) => trail.push(event),
    lost: (reason) => report({ about: 'failed', reason }),
    gap: ({ reason }) => report({ about: 'failed', reason }),
  });
  report({
    about: 'armed',
    hooks,
    detail: describe(plan),
    planSeconds: (planned - begin) / 1000,
    armSeconds: (performance.now() - planned) / 1000,
  });
  for (const attempt of attempts) await take(attempt, hooks, plan);
  await tryHold(hooks, held.path, { touches: ofHeld, trail });
  await sensor.disarm();
}

async function plant(prefix: string): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const fileSystem of Object.keys(places) as FileSystem[]) {
    for (const route of routes.filter(({ only }) => only?.includes(fileSystem) ?? true)) {
      const name = `${prefix}-${route.name}`;
      const trap = await plantTrap(fileSystem, name);
      attempts.push({ route, fileSystem, trap, readPath: `${places[fileSystem].read}/${name}`, touches: [] });
    }
  }
  await execa('sync');
  return attempts;
}

async function plantTrap(fileSystem: FileSystem, name: string): Promise<Trap> {
  const { planted } = places[fileSystem];
  await mkdir(planted, { recursive: true });
  await writeFile(`${planted}/${name}`, 'trap\n');
  return { id: `${fileSystem}-${name}`, kind: 'test', path: `${planted}/${name}`, sha256: '', size: 5 };
}

async function take(attempt: Attempt, hooks: string, plan: HookPlan): Promise<void> {
  const { route, fileSystem, readPath, touches } = attempt;
  const expected = visibleOps(route, fileSystem, plan);
  const [program, ...args] = route.command(readPath);
  const { failed, all } = await execa(program, args, { reject: false, all: true, timeout: touchTimeoutMs });
  const giveUp = performance.now() + touchTimeoutMs;
  const missing = () => expected.filter((op) => !touches.some((touch) => touch.op === op));
  while (missing().length > 0 && performance.now() < giveUp) await wait(50);
  const complaints = [
    ...(failed ? [`${program} failed: ${all}`] : []),
    ...missing().map((op) => `${op} was not seen`),
    ...touches.flatMap((touch) => complaintsAbout(touch, route, readPath)),
  ];
  const seen = [...new Set(touches.map(({ op }) => op))].join(' ') || '-';
  report({
    about: 'route',
    hooks,
    route: `${route.name} on ${fileSystem}`,
    seen,
    complaints: [...new Set(complaints)],
  });
}

function describe({ set, open, filemap, directIo, kprobe }: HookPlan): string {
  const names = [`${set}:`, ...open, ...filemap.map(({ name }) => name), ...kprobe.map(({ name }) => name)];
  return [...names, ...(directIo ? ['iomap_dio_rw_begin'] : [])].join(' ');
}

const print = (message: string) => void process.stdout.write(`${message}\n`);
const loud: Diagnostics = { debug: () => {}, info: print, warn: print, error: print };
