import type { FollowedHead, KernelAncestor, Message } from '../messages.js';

/** One event of a followed process as the kernel told it. Strings are latin1: one character a byte. */
export interface KernelTrail extends FollowedHead {
  readonly parent?: KernelAncestor;
  /** File names as the process gave them. */
  readonly named: readonly string[];
  /** Names from an open file up to the root. */
  readonly path: readonly string[];
  readonly args?: string;
  /** What was given to a call: a `struct sockaddr`. */
  readonly address?: string;
  /** What TCP knows: 16 bytes of an IPv6 address; the port is the head's value. */
  readonly peer?: string;
}

type Draft = { -readonly [Key in keyof KernelTrail]: KernelTrail[Key] } & {
  named: string[];
  path: string[];
};

interface Open {
  readonly draft: Draft;
  seq: number;
  lines: number;
}

/** `more` of an event that ends with a line of its own. */
const untilEnd = 9;
const deepestPath = 64;
const longestArgs = 4096;

/** Puts the lines of an event together: they come of one processor, one after the other. */
export class TrailAssembler {
  readonly #open = new Map<number, Open>();
  readonly #told: (trail: KernelTrail) => void;

  constructor(told: (trail: KernelTrail) => void) {
    this.#told = told;
  }

  accept(message: Message): void {
    const open = this.#open.get(message.cpu);
    if (open !== undefined) {
      // A line was lost: what is known of the event is still told.
      if (message.seq !== open.seq + 1 || message.tag === 'followed') this.#finish(message.cpu, open);
      else this.#add(message, open);
    }
    if (message.tag !== 'followed') return;
    const draft = { ...message.head, named: [], path: [] };
    if (draft.more === 0) this.#told(draft);
    else this.#open.set(message.cpu, { draft, seq: message.seq, lines: 0 });
  }

  /** Gives out what is unfinished when no more lines will come. */
  finish(): void {
    for (const [cpu, open] of this.#open) this.#finish(cpu, open);
  }

  #add(message: Message, open: Open): void {
    const { draft } = open;
    open.seq = message.seq;
    switch (message.tag) {
      case 'born':
        draft.parent = message.parent;
        break;
      case 'named':
        if (draft.named.length < deepestPath) draft.named.push(message.bytes);
        break;
      case 'destination':
        if (draft.path.length < deepestPath) draft.path.push(message.bytes);
        break;
      case 'args':
        draft.args = `${draft.args ?? ''}${message.bytes}`.slice(0, longestArgs);
        break;
      case 'address':
        draft.address = message.bytes;
        break;
      case 'peer':
        draft.peer = message.bytes;
        break;
      default:
    }
    open.lines += 1;
    if (draft.more === untilEnd ? message.tag === 'end' : open.lines >= draft.more)
      this.#finish(message.cpu, open);
  }

  #finish(cpu: number, { draft }: Open): void {
    this.#open.delete(cpu);
    this.#told(draft);
  }
}
