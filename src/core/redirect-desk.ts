import type { AuditAction } from './audit-catalogue.js';
import type { Incident } from './incident.js';
import type { Clock } from './ports/clock.js';
import type { Redirect } from './ports/redirect.js';
import { RecentSet } from './recent-set.js';
import type { Recorder } from './record.js';

export interface RedirectDeskOptions {
  readonly redirect: Redirect;
  readonly record: Recorder;
  readonly clock: Clock;
  /** How long an address is redirected, in ms. */
  readonly forMs: number;
}

/** Addresses of incidents that are remembered as asked for. */
const mostAsked = 1000;

/** Has new connections of an actor's source address led to the decoy, and puts that on record. */
export class RedirectDesk {
  readonly #options: RedirectDeskOptions;
  readonly #asked = new RecentSet(mostAsked);

  constructor(options: RedirectDeskOptions) {
    this.#options = options;
  }

  /** Makes the rules, for nobody yet. Never rejects: without them the incident goes on. */
  async start(): Promise<void> {
    try {
      await this.#options.redirect.start();
    } catch (error) {
      const reason = (error as Error).message;
      await this.#record('redirect-failed', `nobody is redirected to the decoy: ${reason}`, { reason });
    }
  }

  /** Somebody of this incident came from this address. Returns at once; once an incident and address. */
  take(source: string, incident: Incident): void {
    if (this.#asked.add(`${incident.id} ${source}`)) void this.#redirect(source, incident);
  }

  async stop(): Promise<void> {
    await this.#options.redirect.stop();
  }

  async #redirect(source: string, incident: Incident): Promise<void> {
    const { redirect, clock, forMs } = this.#options;
    const result = await redirect.add(source, Number(clock.nowNs() / 1_000_000n) + forMs);
    if (result === 'added')
      await this.#record('redirect-added', `new connections from ${source} lead to the decoy`, {
        incident,
        source,
      });
    else
      await this.#record('redirect-refused', `${source} is not redirected: ${result.refused}`, {
        incident,
        source,
        reason: result.refused,
      });
  }

  #record(
    action: AuditAction,
    message: string,
    { incident, source, reason }: { incident?: Incident; source?: string; reason?: string },
  ): Promise<void> {
    return this.#options.record({
      action,
      atNs: this.#options.clock.nowNs(),
      message,
      outcome: reason === undefined ? 'success' : 'failure',
      ...(reason !== undefined && { reason }),
      ...(incident && { incident: incident.facts() }),
      ...(source !== undefined && { source }),
    });
  }
}
