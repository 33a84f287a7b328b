import type { ProcessFacts } from './actor.js';
import type { ActorDetails } from './actor-details.js';
import type { AuditAction } from './audit-catalogue.js';
import type { DecoyService, Endpoint } from './decoy/decoy-service.js';
import type { GuestExit } from './decoy/guest.js';
import type { VisitAct, VisitSum } from './decoy/visit.js';
import type { SensorName } from './ports/sensor.js';
import type { TechniqueMatch } from './technique.js';
import type { Touch } from './touch.js';
import type { TrailEvent } from './trail.js';
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
  /** The process that the event is about, where it is of no touch. */
  readonly subject?: SubjectFacts;
  readonly containment?: ContainmentFacts;
  /** What a followed process did; its process is the subject. */
  readonly trail?: TrailEvent;
  /** ATT&CK techniques that the event shows. */
  readonly techniques?: readonly TechniqueMatch[];
  /** The exemption that the event is about. */
  readonly exemption?: { readonly name: string };
  /** What happened at a decoy service. */
  readonly decoy?: DecoyFacts;
  /** A file that came into a sandbox. */
  readonly brought?: { readonly path: string; readonly sha256: string; readonly size: number };
  /** Address that the event is about, where nobody visited the decoy from it. */
  readonly source?: string;
  /** Path that the event is about where there is no trap. */
  readonly path?: string;
}

export interface IncidentFacts {
  readonly id: string;
  readonly openedAtNs: bigint;
  readonly closedAtNs?: bigint;
  /** Touches so far, repeated ones included. */
  readonly touches?: number;
  /** Traps touched or logged in with so far. */
  readonly traps?: number;
  /** Logins to the decoy so far. */
  readonly logins?: number;
  /** What its processes did after a touch, so far; how much of that has no record. */
  readonly trailEvents?: number;
  readonly trailOmitted?: number;
}

export interface SubjectFacts {
  readonly process: ProcessFacts;
  readonly parent?: ProcessFacts;
}

export interface ContainmentFacts {
  /** What was done, or was to be done. */
  readonly step: 'inspect' | 'freeze' | 'kill' | 'release';
  readonly by: 'kernel' | 'daemon' | 'operator';
  /** How long it stood still, in ms. */
  readonly heldMs?: number;
  /** What was read of it while it stood still. */
  readonly captured?: readonly string[];
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
  /** It was ready before it was asked for. */
  readonly warm?: boolean;
}

export interface DecoyFacts {
  readonly service: DecoyService;
  readonly visitId?: number;
  readonly remote?: Endpoint;
  readonly local?: Endpoint;
  /** Whose login was tried. */
  readonly user?: string;
  readonly method?: string;
  /** The company of the story that the login belongs to. */
  readonly persona?: string;
  readonly act?: VisitAct;
  readonly sum?: VisitSum;
  /** File of a recording in the incident's evidence. */
  readonly recording?: string;
  readonly exit?: GuestExit;
  /** Of what has no record of its own: how many. */
  readonly count?: number;
}
