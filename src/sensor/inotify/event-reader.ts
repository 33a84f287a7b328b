import { toPrintable } from '../../core/printable.js';
import type { TouchOp } from '../../core/touch.js';
import type { Trap } from '../../core/trap.js';
import { attributeOp, fileOps, folderOps } from './event-ops.js';
import type { EventRecord } from './event-record.js';
import { fileState, type WatchedTrap, type WatchList } from './watch-list.js';

export interface EventSink {
  /** `path`, when given, is what the actor has open instead of the trap. */
  readonly touched: (trap: Trap, op: TouchOp, path?: string) => void;
  /** The trap is no longer at its path. */
  readonly left: (trap: Trap) => void;
  readonly overflowed: () => void;
  readonly unmounted: (path: string) => void;
}

/** Says what the events of one watch list mean. */
export class EventReader {
  readonly #list: WatchList;
  readonly #sink: EventSink;

  constructor(list: WatchList, sink: EventSink) {
    this.#list = list;
    this.#sink = sink;
  }

  read(record: EventRecord): void {
    const { watched, entry, events } = record;
    if (events.has('Q_OVERFLOW')) this.#sink.overflowed();
    else if (events.has('UNMOUNT')) this.#sink.unmounted(printable(watched));
    else if (entry === '') this.#readOwn(watched, events);
    // A folder's events about its entries: traps have a watch of their own, the rest is not ours.
  }

  #readOwn(watched: string, events: ReadonlySet<string>): void {
    const file = this.#list.files.get(watched);
    if (file !== undefined) {
      for (const op of fileOps(events)) this.#touchedFile(watched, file, op);
      return;
    }
    const trap = this.#list.folders.get(watched);
    if (trap === undefined) return;
    for (const op of folderOps(events)) this.#sink.touched(trap, op, printable(watched));
  }

  #touchedFile(path: string, file: WatchedTrap, op: TouchOp): void {
    const meant = op === 'chmod' ? attributeOpOf(path, file) : op;
    if (meant === 'unlink') {
      // The name goes first, the file when its last reader closes it: one removal, two events.
      if (file.removed) return;
      file.removed = true;
    }
    if (meant === 'rename') file.moved = true;
    if (meant === 'rename' || meant === 'unlink') this.#sink.left(file.trap);
    this.#sink.touched(file.trap, meant);
  }
}

function attributeOpOf(path: string, file: WatchedTrap): TouchOp {
  if (file.moved || file.removed) return 'chmod';
  const now = fileState(path);
  const op = attributeOp(file.state, now);
  if (now !== undefined && op !== 'unlink') file.state = now;
  return op;
}

function printable(path: string): string {
  return toPrintable(Buffer.from(path, 'latin1'));
}
