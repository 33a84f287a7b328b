import type { ActorDetails } from './actor-details.js';
import type { AuditAction } from './audit-catalogue.js';
import type { SensorName } from './ports/sensor.js';
import type { Touch } from './touch.js';
import type { Trap } from './trap.js';

/** One thing worth a line in the audit log, free of any record format. Strings are printable. */
export interface AuditEvent {
  readonly action: AuditAction;
  /** When it happened, ns since the epoch. */
  readonly atNs: bigint;
  /** One sentence for a person. */
  readonly message: string;
  readonly outcome?: 'success' | 'failure';
  readonly reason?: string;
  readonly incident?: IncidentFacts;
  readonly trap?: Trap;
  readonly touch?: Touch;
  /** What was found out of an actor; the event is then of no single touch. */
  readonly details?: ActorDetails;
  readonly sensor?: SensorFacts;
  readonly response?: ResponseFacts;
  /** The exemption that the event is about. */
  readonly exemption?: { readonly name: string };
  /** Path that the event is about where there is no trap. */
  readonly path?: string;
}

export interface IncidentFacts {
  readonly id: string;
  readonly openedAtNs: bigint;
  readonly closedAtNs?: bigint;
  /** Touches so far, repeated ones included. */
  readonly touches?: number;
  /** Traps touched so far. */
  readonly traps?: number;
}

export interface SensorFacts {
  readonly name: SensorName;
  readonly lost?: number;
  readonly gapFromNs?: bigint;
  readonly gapToNs?: bigint;
}

export interface ResponseFacts {
  readonly engine: string;
  readonly container?: string;
  readonly containerId?: string;
  readonly image?: string;
  /** From the touch that opened the incident to the running container, in ms. */
  readonly tookMs?: number;
}
