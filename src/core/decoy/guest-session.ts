import type { SessionRecording } from '../ports/session-recorder.js';
import type { GuestChannel, GuestExit, GuestListener } from './guest.js';

export interface GuestSessionEvents {
  /** Something went through, either way. */
  used(): void;
  /** It is over, and its recording on disk. */
  ended(exit: GuestExit): void;
}

/** What a guest's terminal shows and what is typed, passed on and written down on the way. */
export class GuestSession implements GuestListener {
  readonly #listener: GuestListener;
  readonly #recording: SessionRecording | undefined;
  readonly #events: GuestSessionEvents;
  #isOver = false;

  constructor(listener: GuestListener, recording: SessionRecording | undefined, events: GuestSessionEvents) {
    this.#listener = listener;
    this.#recording = recording;
    this.#events = events;
  }

  output(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    this.#recording?.output(bytes);
    this.#events.used();
    this.#listener.output(stream, bytes);
  }

  inputFull(full: boolean): void {
    this.#listener.inputFull(full);
  }

  exited(exit: GuestExit): void {
    if (this.#isOver) return;
    this.#listener.exited(exit);
    this.#close(exit);
  }

  /** It did not come about. */
  failed(): void {
    if (!this.#isOver) this.#close({});
  }

  #close(exit: GuestExit): void {
    this.#isOver = true;
    void (this.#recording?.close(exit.code) ?? Promise.resolve()).then(() => this.#events.ended(exit));
  }

  /** The visitor's side of the channel, written down too. */
  watched(channel: GuestChannel): GuestChannel {
    return {
      input: (bytes) => {
        this.#recording?.input(bytes);
        this.#events.used();
        channel.input(bytes);
      },
      endInput: () => channel.endInput(),
      resize: (columns, rows) => {
        this.#recording?.resize(columns, rows);
        channel.resize(columns, rows);
      },
      pause: (paused) => channel.pause(paused),
      hangUp: () => channel.hangUp(),
    };
  }
}
