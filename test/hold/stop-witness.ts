import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';

const { SIGSTOP, SIGKILL } = constants.signals;
const tracing = '/sys/kernel/tracing';

/** A stop or kill signal that somebody was sent. */
export interface Sent {
  readonly signal: 'SIGSTOP' | 'SIGKILL';
  /** Thread and name of the receiver. */
  readonly to: number;
  readonly name: string;
  /** Thread during which it was sent. */
  readonly by: number;
}

const line = /-(?<by>\d+)\s+\[.*signal_generate: sig=(?<signal>\d+) .* comm=(?<name>.*) pid=(?<to>\d+) grp=/;

/**
 * Sees every SIGSTOP and SIGKILL that the kernel sends to anybody, by a trace buffer of its own: it
 * asks neither the daemon nor those that were stopped.
 */
export class StopWitness {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<StopWitness> {
    const folder = join(tracing, 'instances', `phantom-test-${process.pid}`);
    await mkdir(folder);
    const event = join(folder, 'events/signal/signal_generate');
    await writeFile(join(event, 'filter'), `sig==${SIGSTOP} || sig==${SIGKILL}`);
    await writeFile(join(event, 'enable'), '1');
    return new StopWitness(folder);
  }

  async seen(): Promise<Sent[]> {
    const text = await readFile(join(this.#folder, 'trace'), 'latin1');
    return text.split('\n').flatMap((one): Sent[] => {
      const found = line.exec(one)?.groups;
      if (!found) return [];
      return [
        {
          signal: Number(found.signal) === SIGSTOP ? 'SIGSTOP' : 'SIGKILL',
          to: Number(found.to),
          name: found.name as string,
          by: Number(found.by),
        },
      ];
    });
  }

  async close(): Promise<void> {
    await rmdir(this.#folder);
  }
}
