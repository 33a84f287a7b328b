import type { Actor, ProcessFacts } from '../core/actor.js';
import type { ActorDetails, ActorState } from '../core/actor-details.js';
import { capabilityNames } from './capability-names.js';
import { cgroupPath, containerOf, systemdPlace } from './cgroup-path.js';
import { listDescriptors } from './descriptor-list.js';
import { claimedLogin, loginSource } from './login-source.js';
import { maskedEnvironment, variable } from './masked-environment.js';
import { sameProgram } from './merged-facts.js';
import { foreignNamespaces, homeNamespaces } from './namespaces.js';
import type { ProcReader } from './proc-reader.js';
import { identityOf } from './process-identity.js';
import { isSameFile, type ProgramFiles } from './program-file.js';
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
  #cgroup: string | undefined;
  #namespaces: Readonly<Record<string, number>> | undefined;

  constructor(actor: Actor, sources: PortraitSources) {
    this.#actor = actor;
    this.#sources = sources;
  }

  /** Finds out all there is, what is most likely to vanish first. */
  async draw(): Promise<void> {
    const { process, ancestors, threadId } = this.#actor;
    const { reader } = this.#sources;
    const identity = process && identityOf(process);
    if (process === undefined || identity === undefined) return;
    // Of the ancestors: the connection of a login stays when the process that touched has gone.
    const login = this.#find('login', loginSource(reader, ancestors));
    const sitter = Sitter.meet(reader, identity, threadId);
    this.#state = sitter === undefined ? 'gone' : stateOf(sitter);
    if (sitter !== undefined) await this.#drawProcess(sitter, process);
    await login;
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

  async #drawProcess(sitter: Sitter, process: ProcessFacts): Promise<void> {
    const later = await this.#laterProgram(sitter, process);
    if (later !== undefined) this.#facts.laterExecutable = later;
    await Promise.all([
      this.#drawPlace(sitter),
      this.#drawDescriptors(sitter),
      // Of a later program neither hash nor environment is the actor's.
      later === undefined && this.#state === 'alive' ? this.#drawProgram(sitter) : undefined,
    ]);
    if (!sitter.isSame()) this.#state = 'gone';
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

  async #drawPlace(sitter: Sitter): Promise<void> {
    const { reader } = this.#sources;
    const place = await sitter.ofSame(() => ({
      cgroup: cgroupPath(reader.cgroups(sitter.seat) ?? ''),
      namespaces: reader.namespaces(sitter.seat),
      root: reader.rootDirectory(sitter.seat),
      namespacePid: reader.status(sitter.seat)?.namespacePid,
    }));
    if (place === undefined) return;
    this.#cgroup = place.cgroup;
    if (Object.keys(place.namespaces).length > 0) {
      this.#namespaces = place.namespaces;
      const foreign = foreignNamespaces(place.namespaces, homeNamespaces(reader));
      if (foreign !== undefined) this.#facts.foreignNamespaces = foreign;
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

  async #drawDescriptors(sitter: Sitter): Promise<void> {
    const listed = await sitter.ofSame(() => listDescriptors(this.#sources.reader, sitter.seat));
    Object.assign(this.#facts, listed);
  }

  async #drawProgram(sitter: Sitter): Promise<void> {
    const { reader, programs } = this.#sources;
    const status = await sitter.ofProgram(() => reader.status(sitter.seat));
    if (status?.capabilities !== undefined) this.#facts.capabilities = capabilityNames(status.capabilities);
    if (status?.seccomp !== undefined) {
      this.#facts.seccomp = seccompModes[status.seccomp] ?? 'filter';
    }
    if (status?.noNewPrivileges !== undefined) this.#facts.noNewPrivileges = status.noNewPrivileges;
    await Promise.all([
      this.#drawEnvironment(sitter),
      this.#find(
        'program',
        sitter.ofProgram(() => programs.of(reader, sitter.seat)),
      ),
    ]);
  }

  async #drawEnvironment(sitter: Sitter): Promise<void> {
    const most = mostBytesOfEnvironment;
    const content = await sitter.ofProgram(() => this.#sources.reader.environment(sitter.seat, most + 1));
    if (content === undefined) return;
    const whole = content.length <= most;
    this.#facts.environment = maskedEnvironment(content.subarray(0, most), whole);
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
