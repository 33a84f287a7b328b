import type { Actor } from '../../core/actor.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import type { Touch, TouchOp } from '../../core/touch.js';
import { Actors, type Inspect } from '../marks/actors.js';
import { event as bits } from '../marks/fanotify-abi.js';
import type { MarkEvent } from '../marks/mark-event.js';
import { Marks } from '../marks/marks.js';
import { MarkedTouches } from './marked-touches.js';
import type { Slot, TrapSlots } from './trap-slots.js';

export interface MarkedTrapsOptions {
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  inspect: Inspect;
  /** Operations that the script's own hooks see as well, at present. */
  hooked(): ReadonlySet<TouchOp>;
  /** Whether the script may not have told yet of everything that happened up to this time. */
  isBehind(atNs: bigint): boolean;
  touched(touch: Touch): void;
  /** The file of a slot has no name left and nobody has it open. */
  removed(slot: Slot): void;
  /** Some events since `fromNs` (epoch) were lost; others come. */
  overflowed(fromNs: bigint, reason: string): void;
  /** No event comes any more. */
  lost(reason: string): void;
}

/** The thread that reads events is never behind for so long, in ns. */
const longestBehindNs = 10_000_000_000n;

/** The traps' files and folders marked for fanotify, and what comes of it. */
export class MarkedTraps {
  readonly #slots: TrapSlots;
  readonly #options: MarkedTrapsOptions;
  readonly #touches: MarkedTouches;
  /** When events came last, in ns since the epoch. */
  #readUntilNs = 0n;
  #marks: Marks | undefined;

  private constructor(slots: TrapSlots, options: MarkedTrapsOptions) {
    this.#slots = slots;
    this.#options = options;
    const actors = new Actors(options.inspect);
    this.#touches = new MarkedTouches({
      ...options,
      inspect: (event) => actors.of(event),
      slot: (number) => slots.get(number),
    });
  }

  /** @throws SensorUnavailable when this host has no fanotify for the daemon */
  static async open(slots: TrapSlots, options: MarkedTrapsOptions): Promise<MarkedTraps> {
    const traps = new MarkedTraps(slots, options);
    traps.#marks = await Marks.open({
      mode: 'notify',
      look: true,
      onEvents: (events) => traps.#events(events),
      onLost: (reason, over) => {
        if (over) options.lost(reason);
        else traps.#overflowed(reason);
      },
    });
    traps.add(slots.all);
    return traps;
  }

  /** Descriptor of the fanotify group. */
  get descriptor(): number | undefined {
    return this.#marks?.descriptor;
  }

  add(slots: readonly Slot[]): void {
    for (const { number, kind, path, nowAt = path } of slots) {
      const refused =
        kind === 'file' ? this.#marks?.addFile(nowAt, number) : this.#marks?.addFolder(path, number);
      if (refused !== undefined)
        this.#options.diagnostics.warn(`changes of ${path} are not seen: ${refused}`);
    }
  }

  async remove(slots: readonly Slot[]): Promise<void> {
    for (const { number } of slots) await this.#marks?.remove(number);
  }

  /** The script told of this touch, or counted more of them; gives what was not told before. */
  seen(slot: Slot, touch: Touch): Touch | undefined {
    return this.#touches.seen(slot.number, touch);
  }

  /** A thread left its card. */
  card(threadId: number, actor: Actor): void {
    this.#touches.card(threadId, actor);
  }

  /** Tells what is known and leaves nothing behind. */
  async close(): Promise<void> {
    await this.#marks?.close();
    await this.#touches.drained();
  }

  #overflowed(reason: string): void {
    const earliestNs = this.#options.clock.nowNs() - longestBehindNs;
    const fromNs = this.#readUntilNs > earliestNs ? this.#readUntilNs : earliestNs;
    this.#options.overflowed(fromNs, reason);
  }

  #events(events: readonly MarkEvent[]): void {
    this.#readUntilNs = this.#options.clock.nowNs();
    this.#touches.events(events);
    for (const { id, mask } of events) {
      const slot = (mask & bits.deleteSelf) === 0 ? undefined : this.#slots.get(id);
      if (slot !== undefined) this.#options.removed(slot);
    }
  }
}
