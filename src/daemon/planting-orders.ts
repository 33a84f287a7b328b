import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { exitCodeOf } from './failure.js';

const orderSchema = z.strictObject({
  order: z.enum(['plant', 'rotate']),
  /** Ids or paths; all traps when empty. */
  traps: z.array(z.string()),
});
const answerSchema = z.strictObject({
  lines: z.array(z.string()),
  failure: z.strictObject({ message: z.string(), exitCode: z.int() }).optional(),
});

/** What a command asks of the running daemon. */
export type PlantingOrder = z.output<typeof orderSchema>;
/** What was done, one line each, or why not. */
export type PlantingAnswer = z.output<typeof answerSchema>;

const idPattern = /^([0-9a-f]{16})\.order$/;

/**
 * `<stateDir>/orders/<id>.order`, which a command writes before it sends SIGHUP to the daemon, and beside it
 * `<id>.answer`. The folder is for root alone, as the state folder is.
 */
export class PlantingOrders {
  readonly #folder: string;

  constructor(stateDir: string) {
    this.#folder = join(stateDir, 'orders');
  }

  /** Leaves an order; its id. */
  async ask(order: PlantingOrder): Promise<string> {
    const id = randomBytes(8).toString('hex');
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#write(`${id}.order`, order);
    return id;
  }

  /** The answer, which is taken away; undefined as long as there is none. */
  async answer(id: string): Promise<PlantingAnswer | undefined> {
    const path = join(this.#folder, `${id}.answer`);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    await rm(path, { force: true });
    return answerSchema.parse(JSON.parse(text));
  }

  /** Takes an order back that nobody answers. */
  async withdraw(id: string): Promise<void> {
    for (const ending of ['order', 'answer'])
      await rm(join(this.#folder, `${id}.${ending}`), { force: true });
  }

  /**
   * Does what is asked for and answers; without an order, plants. What an earlier daemon did not answer is
   * nobody's any more and counts all the same: it is done once.
   */
  async carryOut(work: (order: PlantingOrder) => Promise<string[]>): Promise<void> {
    const ids = (await readdir(this.#folder).catch(() => [])).flatMap(
      (name) => idPattern.exec(name)?.[1] ?? [],
    );
    for (const id of ids) {
      const path = join(this.#folder, `${id}.order`);
      const answer = await this.#take(path, work);
      // Withdrawn meanwhile: nobody would take the answer away.
      if (await readFile(path).then(Boolean, () => false)) await this.#write(`${id}.answer`, answer);
      await rm(path, { force: true });
    }
    if (ids.length === 0) await work({ order: 'plant', traps: [] });
  }

  async #take(path: string, work: (order: PlantingOrder) => Promise<string[]>): Promise<PlantingAnswer> {
    try {
      return { lines: await work(orderSchema.parse(JSON.parse(await readFile(path, 'utf8')))) };
    } catch (error) {
      return { lines: [], failure: { message: (error as Error).message, exitCode: exitCodeOf(error) } };
    }
  }

  async #write(name: string, content: PlantingOrder | PlantingAnswer): Promise<void> {
    const path = join(this.#folder, name);
    await writeFile(`${path}.new`, JSON.stringify(content), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}
