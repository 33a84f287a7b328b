import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AuditFileLog } from '../audit/audit-file-log.js';
import { EcsRecorder } from '../audit/ecs-record.js';
import { loadOwnKinds } from '../config/own-kinds.js';
import type { Config } from '../config/schema.js';
import { loadManifest } from '../config/traps-manifest.js';
import { BroughtFiles } from '../core/decoy/brought-files.js';
import type { DecoyStory } from '../core/decoy/decoy-story.js';
import { evidenceRemoved, recordingCompleted } from '../core/evidence-of.js';
import { ExemptedTouches } from '../core/exempted-touches.js';
import type { Exemption } from '../core/exemption.js';
import type { Incident } from '../core/incident.js';
import { Orchestrator } from '../core/orchestrator.js';
import type { Clock } from '../core/ports/clock.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import { SandboxUnavailable } from '../core/ports/sandbox.js';
import type { Sensor } from '../core/ports/sensor.js';
import type { TechniqueRules } from '../core/ports/technique-rules.js';
import { type Recorder, recordTo } from '../core/record.js';
import { RedirectDesk } from '../core/redirect-desk.js';
import { SandboxKeeper } from '../core/sandbox-keeper.js';
import { SensorProof } from '../core/sensor-proof.js';
import type { Trap } from '../core/trap.js';
import type { KeyPool } from '../factory/key-pool.js';
import { kinds } from '../factory/kinds.js';
import { ownKind } from '../factory/own-kind.js';
import { StoredKeys } from '../factory/stored-keys.js';
import { TrapFactory } from '../factory/trap-factory.js';
import type { TrapKind } from '../factory/trap-kind.js';
import { ProcEvidenceSource } from '../process/evidence/evidence-source.js';
import { ExemptionRules } from '../process/exempt-rules.js';
import { OpenFileHolders } from '../process/open-file-holders.js';
import { ProcReader } from '../process/proc-reader.js';
import { ProcProcessInspector } from '../process/process-inspector.js';
import { HeadToucher } from '../process/touching-process.js';
import { UserDatabase } from '../process/user-database.js';
import { EvidenceFolder } from '../response/evidence-folder.js';
import { decoyPorts } from '../response/redirect/decoy-ports.js';
import { NftRedirect } from '../response/redirect/nft-redirect.js';
import { SandboxJournalFile } from '../response/sandbox-journal-file.js';
import { CastRecorder } from '../response/session-recorder.js';
import { DockerSandbox } from '../sandbox/docker/docker-sandbox.js';
import { EbpfSensor } from '../sensor/ebpf/ebpf-sensor.js';
import { FanotifySensor } from '../sensor/fanotify/fanotify-sensor.js';
import { InotifySensor } from '../sensor/inotify/inotify-sensor.js';
import { ContainmentParts } from './containment-parts.js';
import { DecoyHouse } from './decoy-house.js';
import { packageFiles, packageVersion } from './package-files.js';
import { SystemClock } from './system-clock.js';

const mebibyte = 1024 * 1024;

/** Every part of one daemon, joined. */
export interface Parts {
  readonly clock: SystemClock;
  readonly audit: AuditFileLog;
  readonly ecs: EcsRecorder;
  readonly record: Recorder;
  readonly factory: TrapFactory;
  /** Keys that lie ready for the factory; empty until it is filled. */
  readonly keys: StoredKeys;
  /** In order of preference. */
  readonly sensors: readonly Sensor[];
  readonly sandboxes: SandboxKeeper | undefined;
  readonly redirect: RedirectDesk;
  /** Absent where the configuration wants no sandbox. */
  readonly decoy: DecoyHouse | undefined;
  readonly evidence: EvidenceFolder;
  readonly containment: ContainmentParts;
  readonly orchestrator: Orchestrator;
  readonly exemptions: ExemptionRules;
  /** Traps that the orchestrator knows, by id: those of before too, whose touches may still come. */
  readonly traps: Map<string, Trap>;
  /** Traps that are watched now. */
  readonly watched: Map<string, Trap>;
  /** `closed` is told the ids of the traps of an incident that is over. */
  readonly incidents: { closed?: (trapIds: readonly string[]) => void };
}

/** The composition root: the only place where adapters meet. */
export function compose(config: Config, diagnostics: Diagnostics, techniques?: TechniqueRules): Parts {
  const { paths, response } = config;
  const clock = new SystemClock();
  const ecs = new EcsRecorder({
    hostName: hostname(),
    version: packageVersion(),
    nowNs: () => clock.nowNs(),
    bootedAtNs: () => clock.bootedAtNs(),
  });
  const audit = new AuditFileLog({
    path: join(paths.logs_dir, config.audit.file),
    stateDir: paths.state_dir,
    ecs,
    clock,
  });
  const record = recordTo(audit, diagnostics);
  const keys = new StoredKeys({
    stateDir: paths.state_dir,
    size: config.traps.keys_ready,
    tell: (message) => diagnostics.warn(message),
  });
  const factory = composeFactory(config, keys);
  const evidence = new EvidenceFolder({
    stateDir: paths.state_dir,
    incidentBytes: config.evidence.incident_mb * mebibyte,
    totalBytes: config.evidence.total_mb * mebibyte,
    removed: (id, bytes) => void record(evidenceRemoved(id, bytes, evidence.folder(id), clock.nowNs())),
    completed: (id, name) =>
      void record(recordingCompleted(id, join(evidence.folder(id), name), clock.nowNs())),
  });
  const traps = new Map<string, Trap>();
  const incidents: Parts['incidents'] = {};
  const sandbox = composeSandbox(config, () => (decoy as DecoyHouse).story);
  const brought = new BroughtFiles({
    sandbox,
    evidence,
    record,
    clock,
    diagnostics,
    mostBytes: config.sandbox.keep_file_mb * mebibyte,
  });
  const sandboxes = response.sandbox
    ? new SandboxKeeper({
        sandbox,
        journal: new SandboxJournalFile({ stateDir: paths.state_dir, diagnostics }),
        clock,
        diagnostics,
        timeToLiveMs: config.sandbox.time_to_live_s * 1000,
        idleMs: config.sandbox.idle_s * 1000,
        maxRunning: config.sandbox.max_running,
        retryMs: config.sandbox.retry_s * 1000,
        record,
        started: ({ cgroupId }, incident) => {
          if (cgroupId === undefined) return;
          orchestrator.followGroup(cgroupId, incident);
          containment.sensor?.followGroup?.(cgroupId);
        },
        leaving: async ({ incidentId, cgroupId }, incident) => {
          if (cgroupId !== undefined) containment.sensor?.unfollowGroup?.(cgroupId);
          await brought.collect(incidentId, incident);
          brought.forget(incidentId);
        },
      })
    : undefined;
  const redirect = new RedirectDesk({
    redirect: composeRedirect(config, clock, diagnostics),
    record,
    clock,
    forMs: config.sandbox.time_to_live_s * 1000,
  });
  const cameFrom = response.redirect && {
    cameFrom: (source: string, incident: Incident) => redirect.take(source, incident),
  };
  const reader = new ProcReader();
  const inspector = new ProcProcessInspector({ reader, users: new UserDatabase() });
  const holders = new OpenFileHolders({ reader, inspector });
  const containment = new ContainmentParts(config, { record, clock, diagnostics, traps });
  // An absent key and one that is undefined are the same to a rule.
  const rules = response.exemptions as readonly Exemption[];
  const exemptions = new ExemptionRules({ rules, reader, record, clock, diagnostics });
  const orchestrator = new Orchestrator({
    record,
    exempted: new ExemptedTouches({
      exemptions,
      processes: inspector,
      record,
      clock,
      containment: containment.containment,
      spare: (pid) => containment.sensor?.spare(pid),
    }),
    processes: inspector,
    evidence,
    vault: factory.vault,
    clock,
    diagnostics,
    seizure: new ProcEvidenceSource({
      reader,
      scratchDir: paths.state_dir,
      executableBytes: config.evidence.executable_mb * mebibyte,
      ...(config.evidence.core && { coreBytes: config.evidence.core_mb * mebibyte }),
    }),
    ...(techniques && { techniques }),
    ...(response.follow_session && { followAlso: (pid: number) => containment.sensor?.follow(pid) }),
    desk: containment.desk,
    incidentIdleMs: response.incident_idle_s * 1000,
    incidentLimitMs: response.incident_limit_s * 1000,
    trap: (id) => traps.get(id),
    ...cameFrom,
    closed: (trapIds) => incidents.closed?.(trapIds),
    randomSuffix: () => randomBytes(4).toString('hex'),
    ...(sandboxes && { sandboxes }),
  });
  const decoy =
    sandboxes &&
    new DecoyHouse(config, {
      book: orchestrator,
      record,
      clock,
      diagnostics,
      factory,
      traps,
      sandboxes,
      brought,
      recorder: new CastRecorder(evidence),
      run: (id, request, listener) => sandbox.run(id, request, listener),
      ...cameFrom,
      ...(techniques && { techniques }),
    });
  return {
    decoy,
    redirect,
    clock,
    audit,
    ecs,
    record,
    factory,
    keys,
    sensors: composeSensors(config, { inspector, holders, clock, diagnostics }),
    sandboxes,
    evidence,
    containment,
    orchestrator,
    exemptions,
    traps,
    watched: new Map(),
    incidents,
  };
}

/** The daemon's touches of its own traps; a sensor that only guesses who touched cannot tell them. */
export function composeProof(
  { sensor: { proof_s } }: Config,
  { record, clock }: Parts,
  sensor: Sensor,
  traps: () => readonly Trap[],
): SensorProof | undefined {
  if (proof_s === 0 || sensor.name === 'inotify') return undefined;
  return new SensorProof(sensor, {
    intervalMs: proof_s * 1000,
    patienceMs: 10_000,
    daemonPid: process.pid,
    toucher: new HeadToucher(),
    record,
    clock,
    traps,
  });
}

/** The trap factory alone, for commands that need no daemon; without `keys` it makes each when it needs one. */
export function composeFactory({ paths, traps, sandbox }: Config, keys?: KeyPool): TrapFactory {
  return new TrapFactory({
    trapsDir: paths.traps_dir,
    stateDir: paths.state_dir,
    resourcesDir: packageFiles.resources,
    kinds: traps.kinds,
    locale: traps.locale,
    ...(traps.manifest !== undefined && {
      wanted: (kinds: readonly string[]) => loadManifest(traps.manifest as string, kinds),
    }),
    ...(traps.kinds_dir !== undefined && { ownKinds: () => ownKinds(traps.kinds_dir as string) }),
    decoy: sandbox.advertise,
    ageDays: traps.age_days,
    ...(keys && { keys }),
  });
}

/** @throws ConfigInvalid, TemplateInvalid */
async function ownKinds(folder: string): Promise<TrapKind[]> {
  return (await loadOwnKinds(folder, Object.keys(kinds))).map(ownKind);
}

/** The sandbox engine alone; for commands that start none it needs no story. */
export function composeSandbox(
  { paths, sandbox }: Config,
  story: () => DecoyStory = () => {
    throw new SandboxUnavailable('nobody said what a sandbox is to show');
  },
): DockerSandbox {
  return new DockerSandbox({
    story,
    warm: sandbox.warm,
    ...(sandbox.runtime !== undefined && { runtime: sandbox.runtime }),
    socketPath: sandbox.socket,
    instanceId: installationId(paths.state_dir),
    limits: { memoryMb: sandbox.memory_mb, pids: sandbox.pids, cpus: sandbox.cpus },
    apiTimeoutMs: sandbox.api_timeout_ms,
  });
}

/** The redirect alone; for commands that only remove it. */
export function composeRedirect(
  { paths, sandbox, response }: Config,
  clock: Clock,
  diagnostics: Diagnostics,
): NftRedirect {
  return new NftRedirect({
    installation: installationId(paths.state_dir),
    clock,
    diagnostics,
    ports: decoyPorts(sandbox.advertise),
    allowed: response.redirect_allow,
  });
}

/** Two installations on one host, told apart by their state, never remove each other's. */
function installationId(stateDir: string): string {
  return createHash('sha256').update(stateDir).digest('hex').slice(0, 12);
}

interface SensorParts {
  readonly inspector: ProcProcessInspector;
  readonly holders: OpenFileHolders;
  readonly clock: SystemClock;
  readonly diagnostics: Diagnostics;
}

function composeSensors({ sensor, paths, response }: Config, parts: SensorParts): Sensor[] {
  const { inspector, holders, clock, diagnostics } = parts;
  // What the sensors do in the kernel (containment, onTamper, exemptions) belongs here.
  const common = {
    stateDir: paths.state_dir,
    restartMinMs: sensor.restart_min_ms,
    restartMaxMs: sensor.restart_max_ms,
    clock,
    diagnostics,
  };
  const startTimeoutMs = sensor.start_timeout_s * 1000;
  const { containment, on_tamper: onTamper } = response;
  // The schema leaves absent keys out, it does not set them to undefined.
  const exemptions = response.exemptions as readonly Exemption[];
  const holding = { containment, onTamper, exemptions };
  const candidates = {
    ebpf: () =>
      new EbpfSensor({
        ...common,
        startTimeoutMs,
        bpfFolder: packageFiles.bpf,
        hookSet: sensor.hooks,
        ...holding,
        follow: { session: response.follow_session, idleSeconds: response.incident_idle_s },
        inspect: (actor) => inspector.glance(actor),
      }),
    fanotify: () =>
      new FanotifySensor({
        ...common,
        proofMs: startTimeoutMs,
        deny: containment === 'deny',
        ...(containment !== 'deny' && containment !== 'observe' && { contain: containment }),
        exemptions,
        inspect: (actor) => inspector.glance(actor),
      }),
    inotify: () =>
      new InotifySensor({ ...common, proofMs: startTimeoutMs, holders: (path) => holders.actorOf(path) }),
  };
  if (sensor.kind !== 'auto') return [candidates[sensor.kind]()];
  return [candidates.ebpf(), candidates.fanotify(), candidates.inotify()];
}
