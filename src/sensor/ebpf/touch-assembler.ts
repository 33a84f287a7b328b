import type { KernelAncestor, KernelNumbers, Message, TouchHead } from './messages.js';

/** One touch with everything the kernel told of it. Strings are latin1: one character a byte. */
export interface KernelTouch extends TouchHead {
  readonly comm?: string;
  readonly numbers?: KernelNumbers;
  /** Name of the cgroup, without its path. */
  readonly cgroup?: string;
  readonly args?: string;
  readonly tty?: string;
  /** Names from the destination of a copy up to the root of its file system. */
  readonly destination?: readonly string[];
  readonly ancestors: readonly KernelAncestor[];
  /** False when a line of it was lost. */
  readonly whole: boolean;
}

export interface AssemblerEvents {
  touch(touch: KernelTouch): void;
  /** `count` lines of one processor never arrived. */
  lost(count: number): void;
}

type Draft = { -readonly [Key in keyof Omit<KernelTouch, 'whole'>]: KernelTouch[Key] } & {
  ancestors: KernelAncestor[];
  destination?: string[];
};

interface Processor {
  seq: number;
  draft?: Draft;
}

const deepestTree = 128;

/**
 * Puts the lines of a touch together again and finds lost ones: lines of one processor come in
 * order and are numbered, those of different processors interleave.
 */
export class TouchAssembler {
  readonly #processors = new Map<number, Processor>();
  readonly #events: AssemblerEvents;

  constructor(events: AssemblerEvents) {
    this.#events = events;
  }

  accept(message: Message): void {
    const processor = this.#processors.get(message.cpu) ?? { seq: 0 };
    this.#processors.set(message.cpu, processor);
    const missing = message.seq - processor.seq - 1;
    processor.seq = message.seq;
    if (missing !== 0) {
      this.#flush(processor);
      this.#events.lost(Math.max(missing, 1));
    }
    this.#add(processor, message);
  }

  /** Number of the last line that came of a processor. */
  linesOf(cpu: number): number {
    return this.#processors.get(cpu)?.seq ?? 0;
  }

  /** Gives out what is unfinished when no more lines will come. */
  finish(): void {
    for (const processor of this.#processors.values()) this.#flush(processor);
  }

  #add(processor: Processor, message: Message): void {
    if (message.tag === 'touch') {
      this.#flush(processor);
      processor.draft = { ...message.head, ancestors: [] };
      return;
    }
    // Lines of an event of a followed process come after it: these are of no touch.
    if (message.tag === 'followed') this.#flush(processor);
    const { draft } = processor;
    if (draft === undefined) return;
    switch (message.tag) {
      case 'comm':
        draft.comm = message.bytes;
        break;
      case 'numbers':
        draft.numbers = message.numbers;
        break;
      case 'cgroup':
        draft.cgroup = message.bytes;
        break;
      case 'destination':
        draft.destination ??= [];
        if (draft.destination.length < deepestTree) draft.destination.push(message.bytes);
        break;
      case 'args':
        draft.args = message.bytes;
        break;
      case 'tty':
        draft.tty = message.bytes;
        break;
      case 'ancestor':
        if (draft.ancestors.length < deepestTree) draft.ancestors.push(message.ancestor);
        break;
      case 'end':
        delete processor.draft;
        this.#events.touch({ ...draft, whole: true });
        break;
      default:
    }
  }

  /** A touch whose end was lost is still a touch. */
  #flush(processor: Processor): void {
    const { draft } = processor;
    if (draft === undefined) return;
    delete processor.draft;
    this.#events.touch({ ...draft, whole: false });
  }
}
