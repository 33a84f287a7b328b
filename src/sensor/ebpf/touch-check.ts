import type { Touch } from '../../core/touch.js';
import { BoundedMap } from '../bounded-map.js';
import type { TrapInodes } from './trap-inodes.js';
import type { Slot } from './trap-slots.js';

const mostRemembered = 4096;

/**
 * The hooks know a trap by its inode number, which another file may get before the daemon hears that
 * the trap is gone. So a touch counts as one of the trap only while the trap's own file is there.
 */
export class TouchCheck {
  readonly #inodes: Pick<TrapInodes, 'isOurs'>;
  readonly #nowNs: () => bigint;
  readonly #doubted = new BoundedMap<string, true>(mostRemembered);

  constructor(inodes: Pick<TrapInodes, 'isOurs'>, nowNs: () => bigint) {
    this.#inodes = inodes;
    this.#nowNs = nowNs;
  }

  /** False when nobody can tell from the hooks alone whose file it was. */
  isSure(slot: Slot, { actor, atNs, count }: Touch): boolean {
    const process = `${slot.number} ${actor.process?.pid} ${actor.process?.startedAtNs}`;
    // What is counted goes with the touch that was told of the same process.
    if (count !== undefined) return this.#doubted.get(process) === undefined;
    const sure = this.#inodes.isOurs(slot, atNs, this.#nowNs());
    if (!sure) this.#doubted.set(process, true);
    return sure;
  }
}
