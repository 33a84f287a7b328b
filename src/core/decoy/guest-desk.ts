import type { AuditEvent, DecoyFacts } from '../audit-event.js';
import type { Incident } from '../incident.js';
import type { Clock } from '../ports/clock.js';
import type { SessionRecorder, SessionRecording } from '../ports/session-recorder.js';
import type { Recorder } from '../record.js';
import type { BroughtFiles } from './brought-files.js';
import { describeVisitor, visitFacts } from './describe-visit.js';
import type { GuestChannel, GuestExit, GuestListener, GuestRequest } from './guest.js';
import { GuestSession } from './guest-session.js';
import type { Visit } from './visit.js';

export interface GuestDeskOptions {
  readonly record: Recorder;
  readonly clock: Clock;
  readonly recorder: SessionRecorder;
  readonly brought?: BroughtFiles;
  /** Runs something in a sandbox. @throws SandboxUnavailable */
  run(sandboxId: string, request: GuestRequest, listener: GuestListener): Promise<GuestChannel>;
  seen(incident: Incident): void;
}

/** Somebody at the door of a sandbox, and what they want. */
export interface Guest {
  readonly visit: Visit;
  readonly incident: Incident;
  /** The incident whose name the container bears. */
  readonly sandboxId: string;
  /** Whose login it was. */
  readonly login: string;
  readonly request: GuestRequest;
  readonly listener: GuestListener;
}

interface Inside {
  readonly incident: Incident;
  guests: number;
}

/** Files are looked for so often while a guest is inside, in ms. */
const collectMs = 5000;

/** Lets guests into sandboxes, has what they do recorded, and keeps what they bring. */
export class GuestDesk {
  readonly #options: GuestDeskOptions;
  readonly #inside = new Map<string, Inside>();
  readonly #ending = new Set<Promise<void>>();
  #cancelCollect: (() => void) | undefined;

  constructor(options: GuestDeskOptions) {
    this.#options = options;
  }

  /** @throws SandboxUnavailable */
  async letIn(guest: Guest): Promise<GuestChannel> {
    const { sandboxId, visit } = guest;
    const request = { ...guest.request, from: visit.remote.ip };
    const { session, started } = this.#begin(guest);
    try {
      await started;
      return session.watched(await this.#options.run(sandboxId, request, session));
    } catch (error) {
      session.failed();
      throw error;
    }
  }

  /** Waits until every session is on record. */
  async stop(): Promise<void> {
    this.#cancelCollect?.();
    this.#cancelCollect = undefined;
    while (this.#ending.size > 0) await Promise.all(this.#ending);
  }

  #begin(guest: Guest): { readonly session: GuestSession; readonly started: Promise<void> } {
    const { visit, incident, sandboxId, request, listener } = guest;
    const recording = this.#recording(guest);
    const what = request.subsystem ?? request.command ?? 'a shell';
    const decoy: DecoyFacts = {
      ...visitFacts(visit),
      user: request.user,
      act: { kind: 'command', text: what },
      ...(recording && { recording: recording.name }),
    };
    const event: AuditEvent = {
      action: 'session-started',
      atNs: this.#options.clock.nowNs(),
      message: `${describeVisitor(visit)} runs ${what} in the sandbox as ${request.user}`,
      incident: incident.facts(),
      decoy,
    };
    const started = this.#options.record(event);
    this.#entered(sandboxId, incident);
    let over = () => {};
    const ending = new Promise<void>((resolve) => {
      over = resolve;
    }).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    const session = new GuestSession(listener, recording, {
      used: () => this.#options.seen(incident),
      ended: (exit) => void started.then(() => this.#left(guest, { ...decoy, exit })).finally(over),
    });
    return { session, started };
  }

  #recording({ visit, incident, login, request }: Guest): SessionRecording | undefined {
    const { subsystem, command, terminal } = request;
    // What passes through sftp is files, which are kept from the sandbox itself.
    if (subsystem !== undefined) return undefined;
    return this.#options.recorder.start({
      incidentId: incident.id,
      visitId: visit.id,
      atNs: this.#options.clock.nowNs(),
      columns: terminal?.columns ?? 80,
      rows: terminal?.rows ?? 24,
      ...(terminal && { terminalType: terminal.type }),
      ...(command !== undefined && { command }),
      title: `${login} from ${visit.remote.ip}`,
    });
  }

  async #left({ visit, incident, sandboxId }: Guest, decoy: DecoyFacts): Promise<void> {
    const { record, clock, brought } = this.#options;
    const inside = this.#inside.get(sandboxId);
    if (inside !== undefined) inside.guests -= 1;
    if (inside !== undefined && inside.guests <= 0) this.#inside.delete(sandboxId);
    await brought?.collect(sandboxId, incident);
    await record({
      action: 'session-ended',
      atNs: clock.nowNs(),
      message: `${decoy.act?.text ?? ''} of ${describeVisitor(visit)} ${ending(decoy.exit)}`,
      incident: incident.facts(),
      decoy,
    });
  }

  #entered(sandboxId: string, incident: Incident): void {
    const guests = (this.#inside.get(sandboxId)?.guests ?? 0) + 1;
    this.#inside.set(sandboxId, { incident, guests });
    this.#cancelCollect ??= this.#options.clock.after(collectMs, () => this.#collect());
  }

  #collect(): void {
    this.#cancelCollect = undefined;
    const looks = [...this.#inside].map(([id, { incident }]) => this.#options.brought?.collect(id, incident));
    if (looks.length === 0) return;
    void Promise.all(looks).then(() => {
      if (this.#inside.size > 0)
        this.#cancelCollect ??= this.#options.clock.after(collectMs, () => this.#collect());
    });
  }
}

function ending({ code, signal }: GuestExit = {}): string {
  if (signal !== undefined) return `was ended by ${signal}`;
  return code === undefined ? 'did not come about' : `ended with ${code}`;
}
