import { randomUUID } from 'node:crypto';
import { auditCatalogue } from '../core/audit-catalogue.js';
import type {
  AuditEvent,
  ContainmentFacts,
  IncidentFacts,
  ResponseFacts,
  SensorFacts,
} from '../core/audit-event.js';
import type { SensorName } from '../core/ports/sensor.js';
import type { Touch } from '../core/touch.js';
import type { ChainableRecord } from './chain.js';
import { containmentFields } from './ecs-containment.js';
import { decoyFields, ecsDecoy, ecsSource } from './ecs-decoy.js';
import { actorDetails, ecsDetails } from './ecs-details.js';
import { ecsFile } from './ecs-file.js';
import { ecsActor, ecsProcess, ecsSubject, ecsUser } from './ecs-process.js';
import { ecsThreat, techniqueFields } from './ecs-threat.js';
import { ecsTrail, trailFields } from './ecs-trail.js';
import { isoTime } from './iso-time.js';

export interface EcsRecorderOptions {
  readonly hostName: string;
  readonly version: string;
  nowNs(): bigint;
  /** Start of the host in ns since the epoch; start times of processes count from it. */
  bootedAtNs(): bigint;
}

/** Version of the Elastic Common Schema whose field names the log uses. */
export const ecsVersion = '9.4.0';

/** Renders events as records of the Elastic Common Schema; what it has no field for is `phantom.*`. */
export class EcsRecorder {
  readonly #options: EcsRecorderOptions;
  /** Sensor in use, named in every record of a touch. */
  sensor: SensorName | undefined;

  constructor(options: EcsRecorderOptions) {
    this.#options = options;
  }

  toRecord(event: AuditEvent): ChainableRecord {
    const { hostName, version } = this.#options;
    const bootedAtNs = this.#options.bootedAtNs();
    const { details, subject, trail, techniques } = event;
    const actor = event.touch?.actor ?? details?.actor;
    const user = actor?.process ?? subject?.process;
    const followed = trail === undefined ? undefined : ecsTrail(trail);
    const process = {
      ...(actor?.process
        ? ecsProcess(actor, bootedAtNs, details)
        : subject && ecsSubject(subject, bootedAtNs)),
      ...followed?.process,
    };
    return {
      '@timestamp': isoTime(event.atNs),
      ecs: { version: ecsVersion },
      event: this.#event(event),
      message: event.message,
      host: { hostname: hostName, name: hostName },
      observer: { product: 'Phantom Files', type: 'deception', version },
      ...(event.trap && { file: ecsFile(event.trap.path, event.trap) }),
      ...(event.trap === undefined && event.path !== undefined && { file: ecsFile(event.path) }),
      ...(event.brought && { file: ecsFile(event.brought.path, event.brought) }),
      ...(user?.uid !== undefined && { user: ecsUser(user) }),
      ...(details && ecsDetails(details)),
      ...followed,
      ...remote(event),
      ...(Object.keys(process).length > 0 && { process }),
      ...(techniques && ecsThreat(techniques)),
      ...(event.response && container(event.response)),
      ...(event.outcome === 'failure' && event.reason && { error: { message: event.reason } }),
      phantom: this.#phantom(event, bootedAtNs),
    };
  }

  #event(event: AuditEvent): object {
    const { kind, category, type, severity } = auditCatalogue[event.action];
    return {
      kind,
      category,
      type,
      action: event.action,
      id: randomUUID(),
      severity,
      dataset: 'phantom.audit',
      module: 'phantom',
      provider: 'phantomd',
      created: isoTime(this.#options.nowNs()),
      ...(event.outcome && { outcome: event.outcome }),
      ...(event.reason && { reason: event.reason }),
    };
  }

  #phantom(event: AuditEvent, bootedAtNs: bigint): Record<string, unknown> {
    const { incident, trap, touch, details, response, containment, trail, techniques } = event;
    const actor = touch?.actor ?? details?.actor;
    const sensor = event.sensor ?? (touch && this.sensor && { name: this.sensor });
    return {
      ...(incident && { incident: incidentFields(incident) }),
      ...(trap && { trap: { id: trap.id, kind: trap.kind } }),
      ...(touch && { touch: touchFields(touch, this.#options.nowNs()) }),
      ...(actor && {
        actor: { ...ecsActor(actor, bootedAtNs), ...(details && actorDetails(details)) },
      }),
      ...(event.decoy && { decoy: decoyFields(event.decoy) }),
      ...done(response, containment),
      ...(trail && { trail: trailFields(trail) }),
      ...(techniques && techniqueFields(techniques)),
      ...(event.exemption && { exemption: { name: event.exemption.name } }),
      ...(sensor && { sensor: sensorFields(sensor) }),
    };
  }
}

/** Who came from elsewhere. */
function remote({ decoy, source }: AuditEvent): object {
  if (decoy !== undefined) return ecsDecoy(decoy);
  return source === undefined ? {} : ecsSource(source);
}

/** What was done: with a sandbox, with the process. */
function done(response: ResponseFacts | undefined, containment: ContainmentFacts | undefined): object {
  if (response === undefined && containment === undefined) return {};
  return {
    response: {
      ...(response && responseFields(response)),
      ...(containment && containmentFields(containment)),
    },
  };
}

function container({ container: name, containerId, image }: ResponseFacts): object | undefined {
  if (name === undefined) return undefined;
  return {
    container: { name, ...(containerId && { id: containerId }), ...(image && { image: { name: image } }) },
  };
}

function incidentFields(incident: IncidentFacts): object {
  const { id, openedAtNs, closedAtNs, touches, traps, logins, trailEvents, trailOmitted } = incident;
  return {
    id,
    opened: isoTime(openedAtNs),
    ...(closedAtNs !== undefined && { closed: isoTime(closedAtNs) }),
    ...(touches !== undefined && { touches }),
    ...(traps !== undefined && { traps }),
    ...(logins !== undefined && { logins }),
    ...(trailEvents !== undefined && { trail_events: trailEvents }),
    ...(trailOmitted !== undefined && { trail_omitted: trailOmitted }),
  };
}

/** `latency_us`: from the access in the kernel to this record, before it is written. */
function touchFields(touch: Touch, nowNs: bigint): object {
  const { op, count, destination } = touch;
  return {
    op,
    ...(count !== undefined && { count }),
    ...(destination !== undefined && { destination }),
    latency_us: Math.max(0, Math.round(Number(nowNs - touch.atNs) / 1000)),
  };
}

function responseFields({ engine, tookMs, warm }: ResponseFacts): object {
  return {
    sandbox: {
      engine,
      ...(tookMs !== undefined && { took_ms: Math.round(tookMs) }),
      ...(warm !== undefined && { warm }),
    },
  };
}

function sensorFields({ name, lost, gapFromNs, gapToNs }: SensorFacts): object {
  return {
    name,
    ...(lost !== undefined && { lost }),
    ...(gapFromNs !== undefined && gapToNs !== undefined
      ? { gap: { from: isoTime(gapFromNs), to: isoTime(gapToNs) } }
      : {}),
  };
}
