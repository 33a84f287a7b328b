import { closeSync, fstatSync } from 'node:fs';
import type { RawEvent } from './event-buffer.js';
import { response } from './fanotify-abi.js';
import { firstLook } from './first-look.js';
import type { Libc } from './libc.js';
import type { MarkEvent, Verdict } from './mark-event.js';
import { fileOps } from './mark-ops.js';
import { inodeIdOf } from './marked-inode.js';
import type { MarkedInode, WorkerSettings } from './messages.js';
import { OpenerContainment } from './opener-containment.js';
import { ProcFiles } from './proc-files.js';
import { Repeats } from './repeats.js';
import { type ThreadOwner, ThreadOwners } from './thread-owner.js';
import { WallClock } from './wall-clock.js';

/** Each holds a descriptor; whoever comes when so many are held is answered at once. */
const mostHeld = 256;

interface Held {
  readonly fd: number;
  readonly untilMs: number;
}

/** The worker's side of a group whose events the kernel holds until they are answered. */
export class PermissionGroup {
  readonly #libc: Libc;
  readonly #settings: WorkerSettings;
  readonly #ids = new Map<string, number>();
  readonly #inodes = new Map<number, string>();
  readonly #proc = new ProcFiles();
  readonly #owners = new ThreadOwners(this.#proc);
  readonly #clock = new WallClock();
  readonly #repeats: Repeats<MarkEvent>;
  readonly containment: OpenerContainment | undefined;
  readonly #held = new Map<number, Held>();
  readonly #answer = Buffer.alloc(8);
  #lastHeld = 0;
  #flushAtMs = 0;

  constructor(libc: Libc, settings: WorkerSettings) {
    this.#libc = libc;
    this.#settings = settings;
    this.#repeats = new Repeats(settings.quietMs);
    const { contain } = settings;
    this.containment = contain && new OpenerContainment(libc, this.#proc, contain);
  }

  add({ id, inodeId }: MarkedInode): void {
    this.#ids.set(inodeId, id);
    this.#inodes.set(id, inodeId);
  }

  remove(id: number): void {
    const inodeId = this.#inodes.get(id);
    this.#inodes.delete(id);
    if (inodeId !== undefined && this.#ids.get(inodeId) === id) this.#ids.delete(inodeId);
  }

  /** Answers or holds each; gives what is to be told. */
  take(raws: readonly RawEvent[]): MarkEvent[] {
    const nowMs = performance.now();
    return raws.flatMap((raw) => {
      if (raw.fd < 0) return [];
      return this.#takeOne(raw, nowMs) ?? [];
    });
  }

  /** Answers one that is held; another time is no error. */
  answer(key: number, verdict: Verdict): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#respond(held.fd, verdict);
  }

  /** Answers what was held too long, and gives the counts that are due. */
  due(): MarkEvent[] {
    const nowMs = performance.now();
    for (const [key, { untilMs }] of this.#held) {
      if (untilMs > nowMs) break;
      this.answer(key, this.#settings.late);
    }
    if (nowMs < this.#flushAtMs) return [];
    this.#flushAtMs = nowMs + this.#settings.flushMs;
    return this.#counts(nowMs);
  }

  /** ms until `due` has something to do; undefined when nothing waits. */
  dueInMs(): number | undefined {
    const nowMs = performance.now();
    const waits: number[] = [];
    const [first] = this.#held.values();
    if (first !== undefined) waits.push(first.untilMs - nowMs);
    if (this.#repeats.waiting) waits.push(this.#flushAtMs - nowMs);
    return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits));
  }

  /** Lets everybody go; gives the last counts. */
  end(): MarkEvent[] {
    for (const key of this.#held.keys()) this.answer(key, this.#settings.late);
    return this.#counts(performance.now());
  }

  #takeOne(raw: RawEvent, nowMs: number): MarkEvent | undefined {
    const id = this.#idOf(raw.fd);
    const owner = this.#owners.of(raw.threadId);
    const { daemonId, probe, late } = this.#settings;
    const own = owner?.processId === daemonId;
    const isProbe = id === probe;
    if (id === undefined || (own && !isProbe)) {
      this.#respond(raw.fd, 'allow');
      return undefined;
    }
    const free = own || isFree(owner, daemonId);
    // Before any answer: whoever stands still by a signal uses no descriptor.
    const contained = this.#contain(owner, free || isProbe);
    const kind = `${id} ${raw.mask} ${whoIs(raw, owner)} ${free} ${contained}`;
    if (!own && this.#repeats.repeats(kind, nowMs)) {
      this.#respond(raw.fd, free ? 'allow' : late);
      return undefined;
    }
    // Before it is let go: one that is not held may end at once.
    const look = own ? undefined : this.#look(owner);
    const refused = !free && late === 'deny';
    const held = this.#hold(raw.fd, free, contained, nowMs);
    const event = {
      id,
      threadId: raw.threadId,
      owner,
      ...(look !== undefined && { look }),
      mask: raw.mask,
      ops: fileOps(raw.mask),
      count: 1,
      atNs: this.#clock.nowNs(),
      held,
      ...(contained !== undefined && { contained }),
      denied: held === undefined && refused,
    };
    // Those that repeat a held one are not held: what they are answered is known now.
    if (!own) this.#repeats.began(kind, { ...event, denied: refused }, nowMs);
    return event;
  }

  #contain(owner: ThreadOwner | undefined, free: boolean): MarkEvent['contained'] {
    return owner === undefined || free ? undefined : this.containment?.hold(owner);
  }

  #look(owner: ThreadOwner | undefined): MarkEvent['look'] {
    return owner !== undefined && this.#settings.look ? firstLook(this.#proc, owner) : undefined;
  }

  #hold(fd: number, free: boolean, contained: MarkEvent['contained'], nowMs: number): number | undefined {
    // Who stands still by a signal needs no second hold: let go of by that first, it would lose its stop.
    const goes = free || contained === 'stopped';
    if (goes || this.#held.size >= mostHeld) {
      this.#respond(fd, goes ? 'allow' : this.#settings.late);
      return undefined;
    }
    this.#lastHeld += 1;
    this.#held.set(this.#lastHeld, { fd, untilMs: nowMs + this.#settings.holdMs });
    return this.#lastHeld;
  }

  /** The mark keeps its inode alive: as long as events come, its number means no other. */
  #idOf(fd: number): number | undefined {
    try {
      return this.#ids.get(inodeIdOf(fstatSync(fd, { bigint: true })));
    } catch {
      return undefined;
    }
  }

  #respond(fd: number, verdict: Verdict): void {
    this.#answer.writeInt32LE(fd, 0);
    this.#answer.writeUInt32LE(response[verdict], 4);
    // Fails when the opener was killed meanwhile: then nobody waits.
    this.#libc.write(this.#settings.group, this.#answer, this.#answer.length);
    closeSync(fd);
  }

  #counts(nowMs: number): MarkEvent[] {
    const atNs = this.#clock.nowNs();
    return this.#repeats.take(nowMs).map(({ event, count }) => ({ ...event, count, atNs, held: undefined }));
  }
}

/** PID 1 and the daemon's own children are never kept waiting: the host and the daemon wait for them. */
function isFree(owner: ThreadOwner | undefined, daemonId: number): boolean {
  return owner !== undefined && (owner.processId === 1 || owner.parentId === daemonId);
}

function whoIs({ threadId }: RawEvent, owner: ThreadOwner | undefined): string {
  return owner === undefined ? `${threadId}` : `${owner.processId} ${owner.startedAtNs}`;
}
