import type { Actor } from '../../core/actor.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Touch, TouchOp } from '../../core/touch.js';
import type { MarkEvent } from '../marks/mark-event.js';
import { KnownActors } from './known-actors.js';
import { RecentTouches } from './recent-touches.js';
import { ToldEarly } from './told-early.js';
import type { Slot } from './trap-slots.js';

/** So long the script may take to tell of a touch, or of who made it, in ms. */
const patienceMs = 150;
/** So long a script that is behind may take to name somebody who is gone: a few heartbeats, in ms. */
const longestMs = 3000;
const mostWaiting = 2000;

export interface MarkedTouchesOptions {
  readonly clock: Clock;
  /** Looks into /proc who it was; `unknown` when nobody can tell any more. Never rejects. */
  inspect(event: MarkEvent): Promise<Actor>;
  slot(number: number): Slot | undefined;
  /** Operations that the script's own hooks see as well, at present. */
  hooked(): ReadonlySet<TouchOp>;
  /** Whether the script may not have told yet of everything that happened up to this time. */
  isBehind(atNs: bigint): boolean;
  touched(touch: Touch): void;
}

interface Waiting {
  readonly event: MarkEvent;
  readonly op: TouchOp;
  readonly slot: Slot;
  /** What /proc said at once, while there may still be somebody to ask. */
  readonly inspected: Promise<Actor>;
  waitedMs: number;
  cancel: () => void;
}

/**
 * The second way from the kernel: fanotify tells every touch of a trap, whatever it is made with, but
 * only the thread's number. Its touches are told unless the script told them; who it was, says the
 * card that the script made the thread leave, or else /proc.
 */
export class MarkedTouches {
  readonly #options: MarkedTouchesOptions;
  readonly #recent = new RecentTouches();
  readonly #known = new KnownActors();
  readonly #early = new ToldEarly();
  readonly #waiting = new Set<Waiting>();
  readonly #pending = new Set<Promise<void>>();

  constructor(options: MarkedTouchesOptions) {
    this.#options = options;
  }

  /** The script told of this touch, or counted more of them; gives what was not told before. */
  seen(slot: number, touch: Touch): Touch | undefined {
    if (touch.count === undefined) this.#remember(slot, touch);
    return this.#early.rest(slot, touch);
  }

  #remember(slot: number, { actor, op }: Touch): void {
    const ids = [actor.process?.pid ?? 0, actor.threadId ?? 0];
    this.#known.remember(actor);
    // A call that copies is told as such, and its reading need not be told again.
    for (const told of op === 'copy' ? (['copy', 'read'] as const) : [op]) this.#recent.told(slot, ids, told);
    for (const one of this.#waiting)
      if (this.#recent.has(one.event.id, one.event.threadId, one.op)) this.#drop(one);
  }

  /** A thread that changed a trap, or ends, leaves its card. */
  card(threadId: number, actor: Actor): void {
    this.#known.remember(actor);
    // Of what hooks see, the script is about to tell itself.
    for (const one of this.#waiting)
      if (one.event.threadId === threadId && !this.#options.hooked().has(one.op)) this.#settle(one);
  }

  events(events: readonly MarkEvent[]): void {
    for (const event of events) {
      const slot = this.#options.slot(event.id);
      if (slot !== undefined) for (const op of event.ops) this.#take(event, slot, op);
    }
  }

  /** Tells what waits; resolves when all is told. */
  async drained(): Promise<void> {
    for (const one of this.#waiting) this.#settle(one);
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #take(event: MarkEvent, slot: Slot, op: TouchOp): void {
    const { threadId } = event;
    const hooked = this.#options.hooked().has(op);
    if (this.#recent.has(event.id, threadId, op)) {
      // Hooks count by themselves.
      if (!hooked) this.#tell(event, slot, op, this.#known.of(threadId));
      return;
    }
    const inspected = this.#options.inspect(event);
    const waiting: Waiting = {
      event,
      op,
      slot,
      inspected,
      waitedMs: 0,
      cancel: () => {},
    };
    this.#wait(waiting);
    this.#waiting.add(waiting);
    if (this.#waiting.size > mostWaiting) for (const one of this.#waiting) this.#settle(one);
    if (hooked) return;
    if (this.#known.of(threadId) !== undefined) this.#settle(waiting);
    else void inspected.then(({ certainty }) => certainty === 'kernel' && this.#settle(waiting));
  }

  #wait(one: Waiting): void {
    one.cancel = this.#options.clock.after(patienceMs, async () => {
      one.waitedMs += patienceMs;
      if (!(await this.#isWorthWaiting(one))) this.#settle(one);
      else if (this.#waiting.has(one)) this.#wait(one);
    });
  }

  /** Whoever is gone is named by the script alone, which may have much to tell before. */
  async #isWorthWaiting({ event, op, inspected, waitedMs }: Waiting): Promise<boolean> {
    if (!this.#options.hooked().has(op) || waitedMs >= longestMs) return false;
    const actor = this.#known.ofSame(event.threadId, await inspected);
    return actor.ancestors.length === 0 && this.#options.isBehind(event.atNs);
  }

  #settle(one: Waiting): void {
    if (!this.#drop(one)) return;
    const work = this.#name(one).finally(() => this.#pending.delete(work));
    this.#pending.add(work);
  }

  async #name({ event, op, slot, inspected }: Waiting): Promise<void> {
    const { threadId } = event;
    const actor = this.#known.ofSame(threadId, await inspected);
    // Another thread of the same process may have been told of meanwhile.
    const pid = actor.process?.pid ?? threadId;
    if (this.#recent.has(event.id, pid, op) && this.#options.hooked().has(op)) return;
    if (actor.certainty === 'kernel') this.#known.remember(actor);
    this.#tell(event, slot, op, actor);
  }

  #tell(event: MarkEvent, slot: Slot, op: TouchOp, actor: Actor | undefined): void {
    const { threadId, count, atNs } = event;
    const known: Actor = actor ?? { certainty: 'unknown', threadId, ancestors: [] };
    this.#recent.told(event.id, [threadId, known.process?.pid ?? threadId], op);
    const touch = { trapId: slot.trap.id, op, atNs, actor: known, ...(count > 1 && { count }) };
    if (this.#options.hooked().has(op)) this.#early.told(event.id, touch);
    this.#options.touched(touch);
  }

  #drop(one: Waiting): boolean {
    one.cancel();
    return this.#waiting.delete(one);
  }
}
