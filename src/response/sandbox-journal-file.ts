import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { KeptSandbox, SandboxJournal } from '../core/ports/sandbox-journal.js';

const nanoseconds = z.string().regex(/^\d{1,20}$/);

const listSchema = z.array(
  z.strictObject({
    incidentId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/),
    actorKey: z.string().max(300),
    openedAtNs: nanoseconds,
    untilNs: nanoseconds,
  }),
);

export interface SandboxJournalOptions {
  readonly stateDir: string;
  readonly diagnostics: Pick<Diagnostics, 'warn'>;
}

/** `<stateDir>/sandboxes.json`. Not synced: a host that ends takes the sandboxes with it. */
export class SandboxJournalFile implements SandboxJournal {
  readonly #path: string;
  readonly #diagnostics: Pick<Diagnostics, 'warn'>;
  #saving: Promise<void> = Promise.resolve();

  constructor({ stateDir, diagnostics }: SandboxJournalOptions) {
    this.#path = join(stateDir, 'sandboxes.json');
    this.#diagnostics = diagnostics;
  }

  async load(): Promise<readonly KeptSandbox[]> {
    try {
      const list = listSchema.parse(JSON.parse(await readFile(this.#path, 'utf8')));
      return list.map((one) => ({
        ...one,
        openedAtNs: BigInt(one.openedAtNs),
        untilNs: BigInt(one.untilNs),
      }));
    } catch {
      // None was left, or what says so is damaged: then they are removed as what nobody knows.
      return [];
    }
  }

  save(sandboxes: readonly KeptSandbox[]): Promise<void> {
    this.#saving = this.#saving
      .then(() => this.#write(sandboxes))
      .catch((error: Error) =>
        this.#diagnostics.warn(`which sandboxes run cannot be noted: ${error.message}`),
      );
    return this.#saving;
  }

  async #write(sandboxes: readonly KeptSandbox[]): Promise<void> {
    const list = sandboxes.map(({ openedAtNs, untilNs, ...names }) => ({
      ...names,
      openedAtNs: openedAtNs.toString(),
      untilNs: untilNs.toString(),
    }));
    const temporary = `${this.#path}.new`;
    await writeFile(temporary, `${JSON.stringify(list)}\n`, { mode: 0o600 });
    await rename(temporary, this.#path);
  }
}
