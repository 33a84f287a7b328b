import type { Actor } from '../../core/actor.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Touch, TouchOp } from '../../core/touch.js';
import type { MarkEvent } from '../marks/mark-event.js';
import { isTampering } from '../marks/mark-ops.js';
import { KnownActors } from './known-actors.js';
import { RecentTouches } from './recent-touches.js';
import { ToldEarly } from './told-early.js';
import type { Slot } from './trap-slots.js';
import { WaitingEvents } from './waiting-events.js';

/** So long the script may take to tell of a touch, or of who made it, in ms. */
const patienceMs = 150;
/** So long a script that is behind may take to name somebody who is gone: a flood is told slowly; in ms. */
const longestMs = 30_000;
/** So often it is looked whether the script is still behind, at the least; in ms. */
const mostPatienceMs = 600;
/** What the script only counts it tells with its next heartbeat, a second later, in ms. */
const countedMs = 2000;

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
  /** So many events wait at one time, 20,000 when absent. */
  readonly mostWaiting?: number;
  /** Time in ms that never goes back. */
  nowMs?(): number;
}

interface Waiting {
  readonly event: MarkEvent;
  readonly op: TouchOp;
  readonly slot: Slot;
  /** When it was heard of, in ms. */
  readonly heardAtMs: number;
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
  readonly #recent: RecentTouches;
  readonly #known: KnownActors;
  readonly #early = new ToldEarly();
  readonly #waiting = new WaitingEvents<Waiting>();
  readonly #pending = new Set<Promise<void>>();
  readonly #nowMs: () => number;
  readonly #mostWaiting: number;

  constructor(options: MarkedTouchesOptions) {
    this.#options = options;
    this.#mostWaiting = options.mostWaiting ?? 20_000;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#recent = new RecentTouches(this.#nowMs);
    this.#known = new KnownActors(this.#nowMs);
  }

  /** The script told of this touch, or counted more of them; gives what was not told before. */
  seen(slot: number, touch: Touch): Touch | undefined {
    this.#remember(slot, touch);
    return this.#early.rest(slot, touch);
  }

  #remember(slot: number, { actor, op, count }: Touch): void {
    const ids = [actor.process?.pid ?? 0, actor.threadId ?? 0];
    // Of what was only counted nobody knows when, within a second, and by which thread.
    if (count === undefined) this.#known.remember(actor);
    // A call that copies is told as such, and its reading need not be told again.
    for (const told of op === 'copy' ? (['copy', 'read'] as const) : [op]) {
      this.#recent.told(slot, ids, told, actor.process?.startedAtNs);
      if (count !== undefined) this.#recent.countedByScript(slot, told);
      for (const one of this.#waiting.of(slot, ids, told)) if (this.#isTold(one)) this.#drop(one);
    }
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
    const { threadId, owner } = event;
    const hooked = this.#options.hooked().has(op);
    const heardAtMs = this.#nowMs();
    const known = owner && this.#known.of(threadId, owner.startedAtNs);
    if (this.#isTold({ event, op, heardAtMs })) {
      // Hooks count by themselves.
      if (hooked) return;
      if (known !== undefined) {
        this.#tell(event, slot, op, known);
        return;
      }
    }
    const inspected = this.#options.inspect(event);
    const waiting: Waiting = { event, op, slot, heardAtMs, inspected, waitedMs: 0, cancel: () => {} };
    this.#wait(waiting);
    this.#waiting.add(waiting);
    if (this.#waiting.size > this.#mostWaiting) this.#settleOldest();
    if (hooked) return;
    if (known !== undefined || this.#isCertainlyGone(waiting)) this.#settle(waiting);
    else void inspected.then(({ certainty }) => certainty === 'kernel' && this.#settle(waiting));
  }

  /** Whether the same process was told to have done this; whoever is gone was so a short while ago. */
  #isTold({ event, op, heardAtMs }: Pick<Waiting, 'event' | 'op' | 'heardAtMs'>): boolean {
    const { id, threadId, owner } = event;
    return owner === undefined
      ? this.#recent.has(id, threadId, op, { sinceMs: heardAtMs - countedMs })
      : this.#recent.has(id, owner.processId, op, owner);
  }

  #isCertainlyGone({ event, heardAtMs }: Waiting): boolean {
    return event.owner === undefined && this.#known.isCertain(event.threadId, heardAtMs);
  }

  #wait(one: Waiting): void {
    const waitMs = Math.min(Math.max(patienceMs, one.waitedMs), mostPatienceMs);
    one.cancel = this.#options.clock.after(waitMs, () => {
      one.waitedMs += waitMs;
      if (!this.#isWorthWaiting(one)) this.#settle(one);
      else if (this.#waiting.has(one)) this.#wait(one);
    });
  }

  /**
   * A script that is behind is about to tell of what its hooks saw, and knows better who it was; whoever is
   * gone is named by it alone.
   */
  #isWorthWaiting(one: Waiting): boolean {
    const { event, op, waitedMs } = one;
    const hooked = this.#options.hooked();
    const isAway = hooked.size === 0;
    if (waitedMs >= longestMs || isAway || !this.#options.isBehind(event.atNs)) return false;
    return hooked.has(op) || (event.owner === undefined && !this.#isCertainlyGone(one));
  }

  #settleOldest(): void {
    const [oldest] = this.#waiting;
    if (oldest !== undefined) this.#settle(oldest);
  }

  #settle(one: Waiting): void {
    if (!this.#drop(one)) return;
    const work = this.#name(one).finally(() => this.#pending.delete(work));
    this.#pending.add(work);
  }

  async #name(one: Waiting): Promise<void> {
    const { event, op, slot, inspected, heardAtMs } = one;
    const looked = await inspected;
    const actor =
      event.owner === undefined && looked.certainty !== 'kernel'
        ? (this.#known.ofGone(event.threadId, heardAtMs) ?? looked)
        : this.#known.ofSame(event.threadId, looked);
    if (this.#options.hooked().has(op) && this.#isCounted(one, actor)) return;
    if (actor.certainty === 'kernel') this.#known.remember(actor);
    this.#tell(event, slot, op, actor);
  }

  /** Another thread of the process may have been told of meanwhile, or be one that was only counted. */
  #isCounted({ event: { id }, op, heardAtMs }: Waiting, { certainty, process }: Actor): boolean {
    const sinceMs = heardAtMs - countedMs;
    if (process === undefined) return this.#recent.hasCounted(id, op, sinceMs);
    const { pid, startedAtNs } = process;
    return this.#recent.has(id, pid, op, certainty === 'kernel' ? { startedAtNs } : { sinceMs });
  }

  #tell(event: MarkEvent, slot: Slot, op: TouchOp, known: Actor): void {
    const { threadId, count, atNs } = event;
    const { process } = known;
    this.#recent.told(event.id, [threadId, process?.pid ?? threadId], op, process?.startedAtNs);
    const touch = {
      trapId: slot.trap.id,
      op,
      atNs,
      actor: known,
      ...(count > 1 && { count }),
      ...(isTampering(op) && { tampers: true }),
    };
    if (this.#options.hooked().has(op)) this.#early.told(event.id, touch);
    this.#options.touched(touch);
  }

  #drop(one: Waiting): boolean {
    one.cancel();
    return this.#waiting.delete(one);
  }
}
