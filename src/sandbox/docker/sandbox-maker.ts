import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerInspectInfo } from 'dockerode';
import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import { SandboxUnavailable } from '../../core/ports/sandbox.js';
import type { FurnitureFacts } from '../look/furniture.js';
import { namingPieces } from '../look/story-etc.js';
import { concealBinds, concealLayer, skipPids } from './conceal.js';
import { containerSpec } from './container-spec.js';
import type { DockerClient } from './docker-client.js';
import { DockerFailure, oneLine } from './docker-failure.js';
import { checkEngine, type EngineOffer } from './engine-check.js';
import type { EngineExecs } from './engine-execs.js';
import { furnish, furnitureFacts, hireStaff } from './furnish.js';
import { ensureMirrorImage, removeOldMirrors } from './mirror-image.js';
import { buildMirror, type Mirror } from './mirror-root.js';
import { ensureNetwork } from './network.js';
import { plausibleMac } from './network-card.js';
import { hasStatus, type OwnContainers } from './own-containers.js';
import { ownTraces } from './own-traces.js';
import type { DockerSandboxOptions } from './sandbox-options.js';
import { Turns } from './turns.js';

// A first process that cannot run ends within a few ms; looking earlier would call it running.
const settleMs = 30;

/** So long after its name was given an engine may still make a container, ms. */
const doubtfulMs = 600_000;

export interface MakerParts {
  readonly client: DockerClient;
  readonly containers: OwnContainers;
  readonly execs: EngineExecs;
}

/** What all sandboxes share, ready to use. */
export interface Ground {
  /** What it was made from. */
  readonly story: DecoyStory;
  readonly image: string;
  readonly mirror: Mirror;
  readonly offer: EngineOffer;
}

/** A sandbox that runs, furnished, under a name of no incident. */
export interface ReadySandbox {
  readonly id: string;
  readonly image: string;
  /** As `performance.now()`. */
  readonly madeAt: number;
  /** When its process list is complete. Never rejects. */
  readonly staffed: Promise<void>;
}

/** Makes sandboxes ready. Every rejection is a SandboxUnavailable. */
export class SandboxMaker {
  readonly #options: DockerSandboxOptions;
  readonly #parts: MakerParts;
  readonly #turns = new Turns();
  /** Names of those that are being made. */
  readonly #making = new Set<string>();
  /** Names that an engine too slow to answer may give to a container yet, and since when. */
  readonly #doubtful = new Map<string, number>();
  #ground: Ground | undefined;

  constructor(options: DockerSandboxOptions, parts: MakerParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Image and network as they are known; made when they are not, or when another story is told since. */
  async ground(): Promise<Ground> {
    return this.#known() ?? this.prepare();
  }

  #known(): Ground | undefined {
    return this.#ground?.story === this.#options.story() ? this.#ground : undefined;
  }

  /** Makes image and network, or finds them. */
  prepare(): Promise<Ground> {
    return this.#turns.take('prepare', async () => {
      const { hostUsr = '/usr', runtime, instanceId } = this.#options;
      const story = this.#options.story();
      const { client } = this.#parts;
      const offer = await checkEngine(client, runtime);
      const mirror = await buildMirror({ hostRoot: '/', hostUsr, story }).catch((error: unknown) => {
        throw unavailable('the sandbox image cannot be built', error);
      });
      const image = await ensureMirrorImage(client, mirror.root, instanceId);
      await removeOldMirrors(client, instanceId, image);
      await ensureNetwork(client);
      this.#ground = { story, image, mirror, offer };
      return this.#ground;
    });
  }

  /** Forgets what was prepared, because it is to be removed. */
  forget(): void {
    this.#ground = undefined;
  }

  /** Removes what an engine too slow to answer made after all. Never throws. */
  async close(): Promise<void> {
    await this.#sweep().catch(() => {});
  }

  isMaking(name: string): boolean {
    return this.#making.has(name);
  }

  async make(): Promise<ReadySandbox> {
    const known = this.#known();
    if (known !== undefined) {
      try {
        return await this.#make(known);
      } catch (error) {
        // The image or the network was pruned since.
        if (!hasStatus(error, 404)) throw error;
      }
    }
    return this.#make(await this.prepare());
  }

  /** What a sandbox that was made at `created` was furnished from. */
  async furnitureOf(created: Date): Promise<FurnitureFacts> {
    return furnitureFacts((await this.ground()).mirror, this.#options.story(), created);
  }

  async #make({ image, mirror }: Ground): Promise<ReadySandbox> {
    const { instanceId, limits, hostUsr = '/usr', runtime } = this.#options;
    const story = this.#options.story();
    const { containers } = this.#parts;
    const name = `phantom_warm_${instanceId}_${randomBytes(4).toString('hex')}`;
    const { accounts } = mirror.inhabitants;
    const macAddress = await plausibleMac();
    const shared = {
      name,
      instanceId,
      image,
      hostname: story.hostname,
      hostUsr,
      limits,
      accounts,
      macAddress,
      covered: ownTraces(hostUsr),
    };
    this.#making.add(name);
    let id: string | undefined;
    try {
      await this.#sweep();
      id = await containers.create(containerSpec({ ...shared, ...(runtime !== undefined && { runtime }) }));
      const created = await this.#inspect(id);
      const concealed = await concealLayer(created, namingPieces(story, mirror.installed));
      await containers.startById(id);
      const pid = await this.#moveIn(id, mirror, concealed);
      // Its processes are no reason to go without it, nor to wait for them before somebody logs in.
      const staffed = this.#hire(id, pid, mirror).catch(() => {});
      return { id, image, madeAt: performance.now(), staffed };
    } catch (error) {
      this.#doubtful.set(name, performance.now());
      // At once where it can be; else before the next is made.
      if (id !== undefined) await containers.removeById(id).catch(() => undefined);
      throw unavailable('the sandbox cannot be made', error);
    } finally {
      this.#making.delete(name);
    }
  }

  async #sweep(): Promise<void> {
    for (const [name, since] of this.#doubtful) {
      const isGone = await this.#parts.containers.removeByName(name);
      // It may be made only now: one that is not there yet is looked for again.
      if (isGone || performance.now() - since > doubtfulMs) this.#doubtful.delete(name);
    }
  }

  async #moveIn(id: string, mirror: Mirror, concealed: boolean): Promise<number> {
    const { execs } = this.#parts;
    const story = this.#options.story();
    await delay(settleMs);
    const { State: state, Created } = await this.#inspect(id);
    if (!state.Running) throw await this.#endedAtOnce(id, state.ExitCode);
    const pid = state.Pid;
    if (concealed) await concealBinds(pid);
    const facts = await furnitureFacts(mirror, story, new Date(Created));
    await furnish(execs, id, pid, facts);
    return pid;
  }

  async #hire(id: string, pid: number, { inhabitants }: Mirror): Promise<void> {
    await skipPids(pid, randomInt(300, 600));
    await hireStaff(this.#parts.execs, id, this.#options.hostUsr ?? '/usr', inhabitants);
    await skipPids(pid, randomInt(6000, 30_000));
  }

  async #inspect(id: string): Promise<ContainerInspectInfo> {
    const found = await this.#parts.containers.inspect(id);
    if (found === undefined) throw new DockerFailure('the sandbox was removed while it was made');
    return found;
  }

  async #endedAtOnce(id: string, code: number): Promise<DockerFailure> {
    const line = await this.#parts.containers.lastLine(id);
    return new DockerFailure(`the sandbox exited at once with code ${code}${line === '' ? '' : `: ${line}`}`);
  }
}

function unavailable(what: string, cause: unknown): SandboxUnavailable {
  if (cause instanceof SandboxUnavailable) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SandboxUnavailable(`${what}: ${oneLine(reason)}`, { cause });
}
