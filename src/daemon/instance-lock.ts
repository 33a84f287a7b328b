import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Another phantomd uses the same state folder. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
  /** It is a command that is done in a moment. */
  readonly isCommand: boolean;

  constructor(message: string, isCommand = false) {
    super(message);
    this.isCommand = isCommand;
  }
}

export interface InstanceLockOptions {
  /** It is held for a moment only, and by no daemon. */
  readonly isCommand?: boolean;
  /** Longest time in ms that a command is waited for which holds it, 0 when absent. */
  readonly patienceMs?: number;
}

const commandWord = 'command';
const everyMs = 50;

/**
 * One daemon a state folder: `phantomd.lock` names its holder by pid and start time, so that a pid
 * used again after a crash does not keep the next daemon out. A command that must have the folder alone
 * holds it too, and says so.
 */
export class InstanceLock {
  readonly #path: string;
  readonly #self: string;

  private constructor(stateDir: string, isCommand: boolean) {
    this.#path = join(stateDir, 'phantomd.lock');
    this.#self = `${process.pid} ${startTicks(process.pid)}${isCommand ? ` ${commandWord}` : ''}\n`;
  }

  /** `stateDir` must be there. @throws AlreadyRunning */
  static async take(
    stateDir: string,
    { isCommand = false, patienceMs = 0 }: InstanceLockOptions = {},
  ): Promise<InstanceLock> {
    const lock = new InstanceLock(stateDir, isCommand);
    const until = performance.now() + patienceMs;
    for (;;) {
      try {
        await lock.#take(stateDir);
        return lock;
      } catch (error) {
        const mayWait = error instanceof AlreadyRunning && error.isCommand && performance.now() < until;
        if (!mayWait) throw error;
      }
      await wait(everyMs);
    }
  }

  /** Whether a daemon that lives holds it; nobody is kept from taking it by the question. */
  static isHeld(stateDir: string): boolean {
    try {
      refuseLiving(readFileSync(join(stateDir, 'phantomd.lock'), 'utf8'));
      return false;
    } catch (error) {
      return error instanceof AlreadyRunning && !error.isCommand;
    }
  }

  /** Pid of the daemon that holds it; undefined when none lives. */
  static holder(stateDir: string): number | undefined {
    if (!InstanceLock.isHeld(stateDir)) return undefined;
    const pid = Number(readFileSync(join(stateDir, 'phantomd.lock'), 'utf8').split(' ')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  }

  async release(): Promise<void> {
    const holder = await readFile(this.#path, 'utf8').catch(() => '');
    if (holder === this.#self) await rm(this.#path, { force: true });
  }

  async #take(stateDir: string): Promise<void> {
    const mine = `${this.#path}.${randomBytes(6).toString('hex')}`;
    await writeFile(mine, this.#self, { mode: 0o600, flag: 'wx' });
    try {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        // link(2) fails where the name exists: of two daemons that start at once one gets it.
        const failure = await link(mine, this.#path).then(
          () => undefined,
          (error: NodeJS.ErrnoException) => error,
        );
        if (failure === undefined) return;
        if (failure.code !== 'EEXIST') throw failure;
        await this.#removeStale();
      }
    } finally {
      await rm(mine, { force: true });
    }
    throw new AlreadyRunning(`another phantomd is starting with ${stateDir}`);
  }

  async #removeStale(): Promise<void> {
    const holder = await readFile(this.#path, 'utf8').catch(() => undefined);
    if (holder === undefined) return;
    refuseLiving(holder);
    // Moved away before it is removed: another starter may have replaced it just now.
    const aside = `${this.#path}.${randomBytes(6).toString('hex')}`;
    await rename(this.#path, aside).catch(() => {});
    const moved = await readFile(aside, 'utf8').catch(() => undefined);
    if (moved !== undefined && moved !== holder) await link(aside, this.#path).catch(() => {});
    await rm(aside, { force: true });
  }
}

function refuseLiving(holder: string): void {
  const [pid, ticks, word] = holder.trim().split(' ');
  if (ticks !== undefined && startTicks(Number(pid)) === ticks)
    throw new AlreadyRunning(`phantomd runs already with pid ${Number(pid)}`, word === commandWord);
}

/** Fields 3 and 22 of /proc/PID/stat (proc(5)); undefined when no such process lives. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie whose parent never waits keeps its pid and is dead all the same.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
