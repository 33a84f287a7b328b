import { BoundedMap } from '../../bounded-map.js';

/** With its start a pid is one process, also after the pid was given to another. */
export interface Started {
  readonly pid: number;
  readonly startedAtNs: bigint;
}

interface Running {
  /** Undefined where its exec told no name. */
  readonly program: string | undefined;
}

interface Birth extends Running {
  readonly parent: Started;
}

/**
 * Which file each followed process runs, as its last exec named it: `comm` is the process's own word.
 * A process that began before it was followed runs an unknown one.
 */
export class RunningPrograms {
  readonly #running: BoundedMap<string, Running>;
  readonly #births: BoundedMap<number, Birth>;

  constructor(most: number) {
    this.#running = new BoundedMap(most);
    this.#births = new BoundedMap(most);
  }

  /**
   * A child runs what its parent ran when it was born, not what the parent runs later. A birth may be told
   * twice and, from another processor, after the child's first exec: then it says nothing new.
   */
  born(pid: number, parent: Started): void {
    const known = this.#births.get(pid)?.parent;
    if (known?.pid === parent.pid && known.startedAtNs === parent.startedAtNs) return;
    this.#births.set(pid, { parent, program: this.of(parent) });
  }

  runs(process: Started, program: string | undefined): void {
    this.#running.set(keyOf(process), { program });
  }

  of(process: Started): string | undefined {
    const key = keyOf(process);
    const running = this.#running.get(key) ?? this.#inherited(process);
    // Set anew: who still does something is not forgotten before those who do nothing.
    if (running !== undefined) this.#running.set(key, running);
    return running?.program;
  }

  /** Nobody is older than its parent: such a birth is of another process with this pid. */
  #inherited({ pid, startedAtNs }: Started): Running | undefined {
    const birth = this.#births.get(pid);
    return birth === undefined || birth.parent.startedAtNs > startedAtNs ? undefined : birth;
  }
}

function keyOf({ pid, startedAtNs }: Started): string {
  return `${pid} ${startedAtNs}`;
}
