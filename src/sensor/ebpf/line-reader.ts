import { decodeLine } from './decode-line.js';
import type { Message } from './messages.js';
import { parseMessage } from './messages.js';

export interface LineReaderEvents {
  message(message: Message): void;
  /** bpftrace itself says that it lost events. */
  lostEvents(count: number): void;
}

/** Turns bpftrace's output into messages and counts what it cannot read. */
export class LineReader {
  readonly #events: LineReaderEvents;
  #unreadable = 0;

  constructor(events: LineReaderEvents) {
    this.#events = events;
  }

  accept(line: string): void {
    if (line === '') return;
    const decoded = decodeLine(line);
    if (decoded?.lostEvents !== undefined) {
      this.#events.lostEvents(decoded.lostEvents);
      return;
    }
    // Other types are bpftrace's own: attached_probes, and maps when it ends.
    if (decoded !== undefined && decoded.type !== 'printf') return;
    const message = decoded?.text === undefined ? undefined : parseMessage(decoded.text);
    if (message === undefined) this.#unreadable += 1;
    else this.#events.message(message);
  }

  /** Number of unreadable lines since the last call. */
  takeUnreadable(): number {
    const count = this.#unreadable;
    this.#unreadable = 0;
    return count;
  }
}
