import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { Installation } from '../e2e/phantomd.js';
import { until } from '../support/until.js';
import { startArmed } from './armed.js';
import { lostVictims, victimNames, writeVictims } from './victims.js';

export interface Drill {
  /** The compiled program. */
  readonly program: string;
  readonly onTamper: 'freeze' | 'kill';
  readonly style: 'overwrite' | 'copy' | 'rename';
  readonly order: 'sorted' | 'reverse' | 'listed';
  readonly workers: number;
  readonly kind: 'threads' | 'processes';
  readonly files?: number;
  /** What is done to a mere reader. */
  readonly containment?: 'observe' | 'inspect' | 'freeze' | 'kill';
}

export interface DrillOutcome {
  readonly files: number;
  /** Gone, or not as they were. */
  readonly lost: number;
  /** Of those, begun after the first trap was touched: what the response let through. */
  readonly lostAfterTrap: number;
  /** From the first touch of a trap to the last step of any worker. Undefined: no trap was touched. */
  readonly toStandstillMs: number | undefined;
  /** It came to its end: nobody stopped it. */
  readonly isFinished: boolean;
  /** Program, style and so on of the incident's records, for who looks into a failure. */
  readonly actions: readonly string[];
}

const workerSlots = 16;

/** Lets ransomware loose, for real, on a folder of files with the daemon's own traps among them. */
export async function drill(wanted: Drill): Promise<DrillOutcome> {
  const { containment = 'observe', onTamper, files = 2000 } = wanted;
  const installation = await Installation.make({
    traps: { kinds: ['passwords', 'salary', 'env'] },
    sensor: { kind: 'ebpf', proof_s: 0 },
    response: { containment, on_tamper: onTamper, sandbox: false },
  });
  try {
    const daemon = await startArmed(installation);
    const names = victimNames(files);
    await writeVictims(installation.trapsDir, names);
    const journalFile = join(installation.folder, 'journal');
    const isFinished = await letLoose(wanted, installation.trapsDir, journalFile);
    const ended = ['actor-frozen', 'actor-killed', 'containment-failed'];
    await installation
      .record('what was done to it', ({ event }) => ended.includes(event.action), 5000)
      .catch(() => undefined);
    const lost = new Set(await lostVictims(installation.trapsDir, names));
    const journal = await readJournal(journalFile);
    await daemon.stop();
    const salary = await installation.trapOf('salary');
    const traps = [installation.trap('.env'), installation.trap('passwords.txt'), salary];
    const touches = traps.flatMap((trap) => journal.begun.get(trap) ?? []);
    const first = touches.length > 0 ? Math.min(...touches) : undefined;
    const begunAfter = (name: string) =>
      first !== undefined && (journal.begun.get(installation.trap(name)) ?? 0) > first;
    return {
      files,
      lost: lost.size,
      lostAfterTrap: [...lost].filter(begunAfter).length,
      toStandstillMs: first === undefined ? undefined : Math.max(0, journal.lastStep - first),
      isFinished,
      actions: (await installation.records()).map(({ event }) => event.action),
    };
  } finally {
    await installation.remove();
  }
}

/** Runs it until it has ended or stands still, then ends it; true when it came to its own end. */
async function letLoose(wanted: Drill, folder: string, journal: string): Promise<boolean> {
  const { program, style, order, workers, kind } = wanted;
  const child = execa(program, [style, order, `${workers}`, kind, folder, journal], {
    detached: true,
    reject: false,
    stdin: 'ignore',
    cwd: '/',
  });
  let isOver = false;
  void child.finally(() => {
    isOver = true;
  });
  const group = child.pid as number;
  try {
    const hasHalted = haltOf(journal, group);
    await until('the end of the ransomware', async () => isOver || (await hasHalted()), 60_000);
  } finally {
    killGroup(group);
  }
  return (await child).exitCode === 0;
}

/** Looks of the watch below between which no file may be touched: a second, as `until` looks. */
const looksWithoutStep = 40;

/**
 * Whether somebody of the session stands still and nobody took a step for a while: who only waits for a
 * frozen child is not stopped, and does no harm.
 */
function haltOf(journal: string, session: number): () => Promise<boolean> {
  let before = '';
  let looks = 0;
  return async () => {
    const { stdout } = await execa('ps', ['--sid', `${session}`, '-o', 'stat='], { reject: false });
    const states = stdout.split('\n').map((state) => state.trim().charAt(0));
    if (states.every((state) => 'TZX'.includes(state))) return true;
    const now = createHash('sha256')
      .update(await readFile(journal).catch(() => ''))
      .digest('hex');
    looks = now === before && states.includes('T') ? looks + 1 : 0;
    before = now;
    return looks >= looksWithoutStep;
  };
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // All of it is gone.
  }
}

/** When each file was begun and when anything was done last, in ms since the epoch. */
async function readJournal(
  file: string,
): Promise<{ readonly begun: ReadonlyMap<string, number>; readonly lastStep: number }> {
  const bytes = await readFile(file);
  const names = (await readFile(`${file}.names`, 'utf8')).split('\n').slice(0, -1);
  const at = (place: number) => Number(bytes.readBigInt64LE(place * 8)) / 1e6;
  const begun = new Map<string, number>();
  for (const [index, name] of names.entries())
    if (at(workerSlots + index) > 0) begun.set(name, at(workerSlots + index));
  const lastStep = Math.max(...Array.from({ length: workerSlots }, (_, worker) => at(worker)));
  return { begun, lastStep: Math.max(lastStep, ...begun.values()) };
}
