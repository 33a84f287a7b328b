import type { Actor, ProcessFacts } from '../core/actor.js';
import type { ActorDetails, ActorState } from '../core/actor-details.js';
import { capabilityNames } from './capability-names.js';
import { cgroupPath, containerOf, systemdPlace } from './cgroup-path.js';
import { listDescriptors, openDescriptors, withoutAddresses } from './descriptor-list.js';
import { claimedLogin, loginSource } from './login-source.js';
import { maskedEnvironment, variable } from './masked-environment.js';
import { sameProgram } from './merged-facts.js';
import { foreignNamespaces, homeNamespaces } from './namespaces.js';
import { nextTurn } from './next-turn.js';
import type { ProcReader } from './proc-reader.js';
import type { ProcStatus } from './proc-status.js';
import { identityOf } from './process-identity.js';
import { isSameFile, type PinnedProgram, type ProgramFiles } from './program-file.js';
import { isEnded, Sitter } from './sitter.js';

const mostBytesOfEnvironment = 32 * 1024;

const seccompModes = ['disabled', 'strict', 'filter'] as const;

export interface PortraitSources {
  readonly reader: ProcReader;
  readonly programs: ProgramFiles;
}

type Facts = { -readonly [Name in keyof ActorDetails]?: ActorDetails[Name] };

/** Everything that /proc tells of one process; `details()` gives at any time what is known by then. */
export class Portrait {
  readonly #actor: Actor;
  readonly #sources: PortraitSources;
  readonly #facts: Facts = {};
  #state: ActorState = 'unidentified';
  #status: ProcStatus | undefined;
  #cgroup: string | undefined;
  #namespaces: Readonly<Record<string, number>> | undefined;

  constructor(actor: Actor, sources: PortraitSources) {
    this.#actor = actor;
    this.#sources = sources;
  }

  /**
   * Finds out all there is: at once, and with hardly a thread of the pool, what ends with the process;
   * the rest when `recorded` has settled, for the record needs the pool first.
   */
  async draw(recorded: Promise<unknown>): Promise<void> {
    const { process, ancestors, threadId } = this.#actor;
    const { reader } = this.#sources;
    const identity = process && identityOf(process);
    if (process === undefined || identity === undefined) return;
    const sitter = Sitter.meet(reader, identity, threadId);
    this.#state = sitter === undefined ? 'gone' : stateOf(sitter);
    await Promise.all([
      sitter && this.#drawProcess(sitter, process, recorded),
      // Of the ancestors: the connection of a login stays when the process that touched has gone.
      recorded.then(() => this.#find('login', loginSource(reader, ancestors))),
    ]);
  }

  /** The details by now, of an actor as far as it is completed. */
  details(actor: Actor): ActorDetails {
    return {
      ...this.#facts,
      state: this.#state,
      actor: {
        ...(this.#cgroup !== undefined && { cgroup: this.#cgroup }),
        ...(this.#namespaces !== undefined && { namespaces: this.#namespaces }),
        ...actor,
      },
    };
  }

  async #drawProcess(sitter: Sitter, process: ProcessFacts, recorded: Promise<unknown>): Promise<void> {
    const { reader, programs } = this.#sources;
    const isAlive = this.#state === 'alive';
    const pinned = isAlive ? programs.pin(reader, sitter.seat) : undefined;
    try {
      this.#drawPlace(sitter);
      const environment = isAlive ? this.#environment(sitter) : undefined;
      // Between two short pieces of work the write takes its next step.
      await nextTurn();
      const descriptors = await sitter.ofSame(() => openDescriptors(reader, sitter.seat));
      await recorded;
      this.#compareNamespaces();
      const listed =
        descriptors && (await sitter.ofSame(() => listDescriptors(reader, sitter.seat, descriptors)));
      Object.assign(this.#facts, listed ?? (descriptors && withoutAddresses(descriptors)));
      const later = await this.#laterProgram(sitter, process);
      if (later !== undefined) this.#facts.laterExecutable = later;
      // Of a later program neither hash nor environment is the actor's.
      else if (isAlive) await this.#drawProgram(pinned, environment);
      if (!sitter.isSame()) this.#state = 'gone';
    } finally {
      pinned?.close();
    }
  }

  /** What the process runs when it is no longer what the sensor or the glance saw. */
  async #laterProgram({ seat, stat }: Sitter, known: ProcessFacts): Promise<string | undefined> {
    if (this.#state !== 'alive') return undefined;
    const { reader } = this.#sources;
    const { executableFile, threadId = known.pid } = this.#actor;
    const executable = reader.executable(seat);
    const args = known.args === undefined ? undefined : await reader.args(seat);
    const found: ProcessFacts = { pid: known.pid, name: stat.name, ...(args && { args }) };
    const isSame =
      sameProgram(known, found, threadId !== known.pid) &&
      (known.executable === undefined || known.executable === executable) &&
      (executableFile === undefined || isSameFile(reader, seat, executableFile));
    return isSame ? undefined : (executable ?? stat.name);
  }

  #drawPlace(sitter: Sitter): void {
    const { reader } = this.#sources;
    const status = reader.status(sitter.seat);
    const place = {
      cgroup: cgroupPath(reader.cgroups(sitter.seat) ?? ''),
      namespaces: reader.namespaces(sitter.seat),
      root: reader.rootDirectory(sitter.seat),
      namespacePid: status?.namespacePid,
    };
    const still = sitter.look();
    if (still === 'another') return;
    if (still === 'same') this.#status = status;
    this.#cgroup = place.cgroup;
    if (Object.keys(place.namespaces).length > 0) {
      this.#namespaces = place.namespaces;
    }
    if (place.root !== undefined) this.#facts.root = place.root;
    const { namespacePid } = place;
    if (namespacePid !== undefined && namespacePid !== this.#actor.process?.pid) {
      this.#facts.namespacePid = namespacePid;
    }
    const cgroup = this.#actor.cgroup ?? place.cgroup ?? '';
    Object.assign(this.#facts, systemdPlace(cgroup));
    const container = containerOf(cgroup);
    if (container !== undefined) this.#facts.container = container;
  }

  #compareNamespaces(): void {
    if (this.#namespaces === undefined) return;
    const foreign = foreignNamespaces(this.#namespaces, homeNamespaces(this.#sources.reader));
    if (foreign !== undefined) this.#facts.foreignNamespaces = foreign;
  }

  async #drawProgram(pinned?: PinnedProgram, environment?: Promise<Buffer | undefined>): Promise<void> {
    const { capabilities, seccomp, noNewPrivileges } = this.#status ?? {};
    if (capabilities !== undefined) this.#facts.capabilities = capabilityNames(capabilities);
    if (seccomp !== undefined) this.#facts.seccomp = seccompModes[seccomp] ?? 'filter';
    if (noNewPrivileges !== undefined) this.#facts.noNewPrivileges = noNewPrivileges;
    this.#drawEnvironment(await environment);
    if (pinned !== undefined) await this.#find('program', this.#sources.programs.describe(pinned));
  }

  #environment(sitter: Sitter): Promise<Buffer | undefined> {
    const most = mostBytesOfEnvironment + 1;
    return sitter.ofProgram(() => this.#sources.reader.environment(sitter.seat, most));
  }

  #drawEnvironment(content: Buffer | undefined): void {
    if (content === undefined) return;
    const whole = content.length <= mostBytesOfEnvironment;
    this.#facts.environment = maskedEnvironment(content.subarray(0, mostBytesOfEnvironment), whole);
    const claimed = claimedLogin(variable(content, 'SSH_CONNECTION'));
    if (claimed !== undefined) this.#facts.claimedLogin = claimed;
  }

  async #find<Name extends keyof Facts>(name: Name, answer: Promise<Facts[Name]>): Promise<void> {
    const found = await answer;
    if (found !== undefined) this.#facts[name] = found;
  }
}

function stateOf({ stat }: Sitter): ActorState {
  if (stat.ofKernel) return 'kernel-thread';
  return isEnded(stat) ? 'zombie' : 'alive';
}
