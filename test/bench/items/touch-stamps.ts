import type { AuditEvent } from '../../../src/core/audit-event.js';
import type { Touch } from '../../../src/core/touch.js';
import type { Parts } from '../../../src/daemon/compose.js';

/** When one touch passed which place, ms after the access in the kernel. */
export interface Stamps {
  readonly trapId: string;
  readonly op: string;
  /** The sensor reported it. */
  sensed: number;
  /** Its actor was completed and the audit log asked to write it. */
  asked?: number;
  /** The audit log has it on disk. */
  onDisk?: number;
}

/** Looks on while touches go down the line. */
export class TouchStamps {
  readonly #stamps = new Map<string, Stamps>();
  #nowNs = () => 0n;

  /** The only change to the line: the audit log's `append` is timed. */
  watch({ audit, clock }: Parts): void {
    this.#nowNs = () => clock.nowNs();
    const append = audit.append.bind(audit);
    audit.append = async (...events) => {
      this.#note(events, 'asked');
      await append(...events);
      this.#note(events, 'onDisk');
    };
  }

  sensed(touch: Touch): void {
    this.#stamps.set(keyOf(touch), { trapId: touch.trapId, op: touch.op, sensed: this.#since(touch) });
  }

  /** Those that came the whole way. */
  get finished(): Required<Stamps>[] {
    return [...this.#stamps.values()].filter(
      (stamps): stamps is Required<Stamps> => stamps.onDisk !== undefined,
    );
  }

  #note(events: readonly AuditEvent[], place: 'asked' | 'onDisk'): void {
    for (const { action, touch } of events) {
      const stamps = touch && action === 'trap-touched' ? this.#stamps.get(keyOf(touch)) : undefined;
      if (stamps !== undefined && touch !== undefined) stamps[place] = this.#since(touch);
    }
  }

  #since(touch: Touch): number {
    return Number(this.#nowNs() - touch.atNs) / 1e6;
  }
}

function keyOf({ trapId, op }: Touch): string {
  return `${trapId} ${op}`;
}
