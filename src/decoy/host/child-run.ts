import type { DaemonEnd } from '../link/daemon-end.js';
import type { DecoyChild } from './child-process.js';

export interface RunListener {
  readonly ready: () => void;
  readonly ended: (reason: string) => void;
}

/** One life of the child. */
export class ChildRun {
  readonly child: DecoyChild;
  readonly link: DaemonEnd;
  /** How many sockets it has. */
  readonly sockets: number;
  readonly ready: Promise<undefined>;
  /** Why it ended, after its last visit was told as left. */
  readonly over: Promise<string>;
  readonly #startedAtMs = performance.now();
  #isRenewed = false;

  constructor(child: DecoyChild, sockets: number, link: (hear: RunListener) => DaemonEnd) {
    this.child = child;
    this.sockets = sockets;
    let ready: () => void = () => undefined;
    this.ready = new Promise((resolve) => {
      ready = () => resolve(undefined);
    });
    let ended: (reason: string) => void = () => undefined;
    const linkEnded = new Promise<string>((resolve) => {
      ended = resolve;
    });
    this.link = link({ ready, ended });
    void child.ended.then((reason) => this.link.end(reason));
    // It keeps nothing that is worth a farewell, and may not be ours any more.
    void linkEnded.then(() => child.kill());
    this.over = Promise.all([linkEnded, child.ended]).then(([ofLink, ofChild]) =>
      ofLink.startsWith('the pipe') ? ofChild : ofLink,
    );
  }

  get isRenewed(): boolean {
    return this.#isRenewed;
  }

  ranMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  renew(): void {
    this.#isRenewed = true;
    this.link.end('more places are open');
  }

  async end(): Promise<void> {
    this.link.end('the decoy closes');
    await this.over;
  }
}
