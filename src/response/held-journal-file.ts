import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainedProcess } from '../core/ports/containment.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { HeldJournal } from '../core/ports/held-journal.js';

/** So many lines more than processes that stand still, and it is written anew. */
const mostLines = 10_000;

/**
 * `<stateDir>/held/moment`: a line `+PID START` for each that stands still, `-PID START` when it goes on.
 * Written to the page cache only, which a killed daemon does not take with it.
 */
export class HeldJournalFile implements HeldJournal {
  readonly #folder: string;
  readonly #diagnostics: Pick<Diagnostics, 'warn'>;
  readonly #held = new Map<string, ContainedProcess>();
  #lines = 0;

  constructor(options: { readonly stateDir: string; readonly diagnostics: Pick<Diagnostics, 'warn'> }) {
    this.#folder = join(options.stateDir, 'held');
    this.#diagnostics = options.diagnostics;
  }

  holding(process: ContainedProcess): void {
    this.#held.set(key(process), process);
    this.#append(`+${key(process)}\n`);
  }

  freed(process: ContainedProcess): void {
    this.#held.delete(key(process));
    if (this.#lines >= this.#held.size + mostLines) this.#write(() => this.#rewrite());
    else this.#append(`-${key(process)}\n`);
  }

  left(): readonly ContainedProcess[] {
    let text = '';
    try {
      text = readFileSync(this.#path, 'latin1');
    } catch {
      return [];
    }
    const left = new Map<string, ContainedProcess>();
    const lines = text.split('\n');
    this.#lines = lines.length;
    for (const line of lines) {
      const [, sign, pid, start] = /^([+-])(\d{1,10}) (\d{1,20})$/.exec(line) ?? [];
      if (sign === undefined || pid === undefined || start === undefined) continue;
      const process = { pid: Number(pid), startedAtNs: BigInt(start) };
      if (sign === '+') left.set(key(process), process);
      else left.delete(key(process));
    }
    // Until they are freed no new file may leave them out.
    for (const [name, process] of left) this.#held.set(name, process);
    return [...left.values()];
  }

  get #path(): string {
    return join(this.#folder, 'moment');
  }

  #append(line: string): void {
    this.#lines += 1;
    this.#write(() => appendFileSync(this.#path, line, { mode: 0o600 }));
  }

  /** In one step: a daemon that is killed meanwhile leaves the old file or the new one. */
  #rewrite(): void {
    // Also where it fails it is not tried again for each process.
    this.#lines = this.#held.size;
    const lines = [...this.#held.keys()].map((held) => `+${held}\n`);
    const temporary = `${this.#path}.new`;
    writeFileSync(temporary, lines.join(''), { mode: 0o600 });
    renameSync(temporary, this.#path);
  }

  /** On a full disk nobody is stopped for longer: only a killed daemon would leave no word. */
  #write(work: () => void): void {
    try {
      this.#inFolder(work);
    } catch (error) {
      this.#diagnostics.warn(`who stands still cannot be noted: ${(error as Error).message}`);
    }
  }

  #inFolder(work: () => void): void {
    try {
      work();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      mkdirSync(this.#folder, { mode: 0o700 });
      work();
    }
  }
}

function key({ pid, startedAtNs }: ContainedProcess): string {
  return `${pid} ${startedAtNs}`;
}
