import { open, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** The part of a record that the demonstration shows. */
export interface DemoRecord {
  readonly '@timestamp': string;
  readonly message: string;
  readonly event: { readonly action: string; readonly reason?: string };
  readonly file?: {
    readonly path: string;
    readonly size?: number;
    readonly hash?: { readonly sha256: string };
  };
  readonly process?: DemoProcess;
  readonly container?: { readonly name: string; readonly id?: string };
  readonly phantom: {
    readonly incident?: { readonly id: string };
    readonly trap?: { readonly id: string; readonly kind: string };
    readonly touch?: { readonly op: string; readonly latency_us: number };
    readonly actor?: { readonly certainty: string; readonly ancestry: readonly DemoProcess[] };
    readonly response?: { readonly sandbox?: { readonly took_ms?: number } };
    readonly sensor?: { readonly name: string };
  };
}

export interface DemoProcess {
  readonly pid: number;
  readonly name?: string;
  readonly executable?: string;
  readonly args?: readonly string[];
  readonly user?: { readonly id: string; readonly name?: string };
}

/** Reads what is added to an audit log from now on, as a SIEM's agent would. */
export class AuditFollower {
  readonly records: DemoRecord[] = [];
  readonly #path: string;
  #position: number;
  #rest = '';

  private constructor(path: string, position: number) {
    this.#path = path;
    this.#position = position;
  }

  static async fromEnd(path: string): Promise<AuditFollower> {
    const size = await stat(path).then(
      (facts) => facts.size,
      () => 0,
    );
    return new AuditFollower(path, size);
  }

  /** The first record that fits, as soon as it is there; undefined after `timeoutMs`. */
  async first(
    fits: (record: DemoRecord) => boolean,
    timeoutMs: number,
    abandoned: () => boolean = () => false,
  ): Promise<DemoRecord | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      await this.#read();
      const found = this.records.find(fits);
      if (found !== undefined || performance.now() > deadline || abandoned()) return found;
      await wait(50);
    }
  }

  of(action: string): DemoRecord[] {
    return this.records.filter(({ event }) => event.action === action);
  }

  async #read(): Promise<void> {
    const file = await open(this.#path, 'r').catch(() => undefined);
    if (file === undefined) return;
    try {
      const { size } = await file.stat();
      // A log shorter than it was has been replaced.
      if (size < this.#position) this.#position = 0;
      const buffer = Buffer.alloc(size - this.#position);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#position);
      this.#position += bytesRead;
      const lines = (this.#rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.records.push(JSON.parse(line) as DemoRecord);
    } finally {
      await file.close();
    }
  }
}
