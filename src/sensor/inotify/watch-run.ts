import type { Clock } from '../../core/ports/clock.js';
import { type SupervisedChild, startChild } from '../supervised-child.js';
import { watchedEvents } from './event-ops.js';
import { type EventRecord, parseRecord, recordFormat, recordSeparator } from './event-record.js';
import { Heartbeat } from './heartbeat.js';
import type { ProbeFile } from './probe-file.js';
import type { WatchList } from './watch-list.js';

export interface WatchRunOptions {
  readonly command: string;
  readonly list: WatchList;
  readonly probe: ProbeFile;
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** Longest time in ms until the first proof. */
  readonly proofMs: number;
  readonly onRecord: (record: EventRecord) => void;
  readonly onUnreadable: () => void;
  /** Called once, when it ends after the proof and not by `stop`. */
  readonly onLost: (reason: string) => void;
}

/** One run of inotifywait, from its start to its end. */
export class WatchRun {
  readonly #options: WatchRunOptions;
  readonly #child: SupervisedChild;
  readonly #heartbeat: Heartbeat;
  /** Resolves when a touch of the daemon's own came through; rejects when none will. */
  readonly proven: Promise<void>;
  #prove: () => void = () => undefined;
  #refuse: (reason: Error) => void = () => undefined;
  #isProven = false;
  #over = false;
  #exited = false;

  constructor(options: WatchRunOptions) {
    this.#options = options;
    this.proven = new Promise((resolve, reject) => {
      this.#prove = resolve;
      this.#refuse = reject;
    });
    this.proven.catch(() => undefined);
    this.#heartbeat = new Heartbeat({
      touch: () => options.probe.touch(),
      clock: options.clock,
      intervalMs: options.heartbeatMs,
      proofMs: options.proofMs,
      onFirst: () => {
        this.#isProven = true;
        this.#prove();
      },
      onSilence: (reason) => this.#end(reason),
    });
    this.#child = this.#start();
    this.#heartbeat.start();
  }

  /** Time of the last proof, ns since the Unix epoch. */
  get provenAtNs(): bigint | undefined {
    return this.#heartbeat.answeredAtNs;
  }

  /** Ends inotifywait; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#over = true;
    this.#heartbeat.stop();
    this.#refuse(new Error('inotifywait was stopped'));
    const stopped = this.#child.stop();
    // One that is frozen dies of the pending SIGTERM only when it goes on.
    this.#child.kill('SIGCONT');
    await stopped;
  }

  /** Ends it too, but lets one that was frozen first tell what the kernel kept for it. */
  async rescue(): Promise<void> {
    const { clock, heartbeatMs } = this.#options;
    if (!this.#exited) {
      this.#child.kill('SIGCONT');
      await new Promise<void>((resolve) => void clock.after(heartbeatMs / 4, resolve));
    }
    await this.stop();
  }

  #end(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#heartbeat.stop();
    if (this.#isProven) this.#options.onLost(reason);
    else this.#refuse(new Error(reason));
  }

  #start(): SupervisedChild {
    const { command, list, probe } = this.#options;
    const watched = [...list.files.keys(), ...list.folders.keys(), probe.watched];
    const options = [
      '--quiet',
      '--monitor',
      '--no-dereference',
      '--event',
      watchedEvents,
      '--format',
      recordFormat,
    ];
    // A list has a path a line: one with a line feed in it can only be an argument.
    const inList = watched.filter((path) => !path.includes('\n'));
    const asArguments = watched.filter((path) => path.includes('\n'));
    return startChild({
      command,
      args: [...options, '--fromfile', '-', '--', ...asArguments.map(utf8)],
      input: inList.map((path) => `${path}\n`).join(''),
      separator: recordSeparator,
      onLine: (line) => this.#read(line),
      onOverflow: () => this.#options.onUnreadable(),
      onExit: (reason) => {
        this.#exited = true;
        this.#end(reason);
      },
    });
  }

  #read(line: string): void {
    const record = parseRecord(line);
    if (record === undefined) this.#options.onUnreadable();
    else if (record.watched === this.#options.probe.watched) this.#heartbeat.answered();
    else this.#options.onRecord(record);
  }
}

function utf8(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}
