import type { AuditEvent } from '../../../src/core/audit-event.js';
import type { Touch } from '../../../src/core/touch.js';
import type { Parts } from '../../../src/daemon/compose.js';

/** When one touch passed which place: CLOCK_MONOTONIC, ns, which Node's `hrtime` reads (uv_hrtime). */
export interface Stamps {
  /** The sensor reported it. */
  readonly sensed: bigint;
  /** Its actor was completed and the audit log asked to write it. */
  asked?: bigint;
  /** The audit log has it on disk. */
  onDisk?: bigint;
}

/** Looks on while touches go down the line. */
export class TouchStamps {
  readonly #stamps = new Map<string, Stamps>();

  /** The only change to the line: the audit log's `append` is timed. */
  watch({ audit }: Parts): void {
    const append = audit.append.bind(audit);
    audit.append = async (...events) => {
      this.#note(events, 'asked');
      await append(...events);
      this.#note(events, 'onDisk');
    };
  }

  sensed(touch: Touch): void {
    const key = keyOf(touch);
    // A repeated touch is not the one that is timed.
    if (!this.#stamps.has(key)) this.#stamps.set(key, { sensed: process.hrtime.bigint() });
  }

  of(touch: Pick<Touch, 'trapId' | 'op'>): Stamps | undefined {
    return this.#stamps.get(keyOf(touch));
  }

  #note(events: readonly AuditEvent[], place: 'asked' | 'onDisk'): void {
    for (const { action, touch } of events) {
      const stamps = touch && action === 'trap-touched' ? this.#stamps.get(keyOf(touch)) : undefined;
      if (stamps !== undefined) stamps[place] ??= process.hrtime.bigint();
    }
  }
}

function keyOf({ trapId, op }: Pick<Touch, 'trapId' | 'op'>): string {
  return `${trapId} ${op}`;
}
