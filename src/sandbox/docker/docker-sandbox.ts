import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type RunningSandbox,
  type Sandbox,
  type SandboxRequest,
  SandboxUnavailable,
} from '../../core/ports/sandbox.js';
import { containerName, containerSpec, type SandboxLimits } from './container-spec.js';
import { chooseDecoy, type DecoyService } from './decoy-service.js';
import { DockerClient } from './docker-client.js';
import { DockerFailure, oneLine } from './docker-failure.js';
import { ensureMirrorImage, removeMirrorImages } from './mirror-image.js';
import { buildMirrorRoot } from './mirror-root.js';
import { ensureNetwork, removeNetwork } from './network.js';
import { hasStatus, OwnContainers } from './own-containers.js';
import { Turns } from './turns.js';

// A decoy that cannot run ends within a few ms; looking earlier would call it running.
const settleMs = 60;

export interface DockerSandboxOptions {
  /** Unix socket of the engine on this host. */
  readonly socketPath: string;
  /** Name of this installation; only containers with it are ever removed. */
  readonly instanceId: string;
  /** The package's `resources` folder. */
  readonly resourcesDir: string;
  readonly limits: SandboxLimits;
  /** Longest wait for one answer of the engine, ms. */
  readonly apiTimeoutMs: number;
  /** The host's /usr, shown inside. */
  readonly hostUsr?: string;
}

/** What all sandboxes share, ready to use. */
interface Prepared {
  readonly image: string;
  readonly decoy: DecoyService;
}

/** Sandboxes as hardened containers of the host's own Docker. Every rejection is a SandboxUnavailable. */
export class DockerSandbox implements Sandbox {
  readonly engine = 'docker';
  readonly #options: DockerSandboxOptions;
  readonly #client: DockerClient;
  readonly #containers: OwnContainers;
  readonly #turns = new Turns();
  readonly #running = new Map<string, RunningSandbox>();
  #prepared: Prepared | undefined;

  constructor(options: DockerSandboxOptions) {
    this.#options = options;
    this.#client = new DockerClient(options);
    this.#containers = new OwnContainers(this.#client, options.instanceId);
  }

  /** What the sandboxes run; undefined until prepared. */
  get decoy(): DecoyService | undefined {
    return this.#prepared?.decoy;
  }

  async prepare(): Promise<void> {
    await this.#turns.take('prepare', () => this.#prepare());
  }

  start(request: SandboxRequest): Promise<RunningSandbox> {
    return this.#turns.take(turnOf(request.incidentId), async () => {
      assertIncidentId(request.incidentId);
      const earlier = this.#running.get(request.incidentId);
      if (earlier !== undefined && (await this.#isRunning(earlier.id))) return earlier;
      const sandbox = await this.#launchPrepared(request);
      this.#running.set(request.incidentId, sandbox);
      return sandbox;
    });
  }

  remove(incidentId: string): Promise<void> {
    return this.#turns.take(turnOf(incidentId), async () => {
      assertIncidentId(incidentId);
      await this.#containers.removeByName(containerName(incidentId));
      this.#running.delete(incidentId);
    });
  }

  /** Sandboxes that this object started are not orphans and stay. */
  async removeOrphans(): Promise<readonly string[]> {
    return this.#removeAll(
      (incidentId) => !this.#running.has(incidentId) && !this.#turns.busy(turnOf(incidentId)),
    );
  }

  /**
   * Removes every sandbox of this installation, and the network and images unless another one uses them.
   * @throws SandboxUnavailable
   */
  async removeEverything(): Promise<void> {
    await this.#removeAll(() => true);
    this.#running.clear();
    this.#prepared = undefined;
    await removeNetwork(this.#client);
    await removeMirrorImages(this.#client);
  }

  async #prepare(): Promise<Prepared> {
    const { hostUsr = '/usr', resourcesDir } = this.#options;
    const pagesFolder = join(resourcesDir, 'decoy', 'www');
    const root = await buildMirrorRoot({ hostRoot: '/', pagesFolder }).catch((error: unknown) => {
      throw unavailable('the sandbox image cannot be built', error);
    });
    const decoy = await chooseDecoy(hostUsr);
    const image = await ensureMirrorImage(this.#client, root);
    await ensureNetwork(this.#client);
    this.#prepared = { image, decoy };
    return this.#prepared;
  }

  async #launchPrepared(request: SandboxRequest): Promise<RunningSandbox> {
    const known = this.#prepared;
    if (known !== undefined) {
      try {
        return await this.#launch(request, known);
      } catch (error) {
        // The image or the network was pruned since.
        if (!hasStatus(error, 404)) throw error;
      }
    }
    return this.#launch(request, await this.#turns.take('prepare', () => this.#prepare()));
  }

  async #launch(request: SandboxRequest, { image, decoy }: Prepared): Promise<RunningSandbox> {
    const { incidentId, evidenceFolder } = request;
    const { instanceId, limits, hostUsr = '/usr' } = this.#options;
    await mkdir(evidenceFolder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw unavailable('the evidence folder cannot be made', error);
    });
    const facts = { incidentId, instanceId, image, decoy, hostUsr, evidenceFolder, limits };
    const id = await this.#containers.create(containerSpec({ ...facts, hostname: hostname() }));
    try {
      await this.#containers.startById(id);
      await this.#assertLives(id, incidentId);
    } catch (error) {
      await this.#containers.removeById(id).catch(() => undefined);
      throw error;
    }
    return { incidentId, name: containerName(incidentId), id, image };
  }

  async #assertLives(id: string, incidentId: string): Promise<void> {
    await delay(settleMs);
    const state = (await this.#containers.inspect(id))?.State;
    if (state?.Running === true) return;
    const line = await this.#containers.lastLine(id);
    const ending = state === undefined ? 'was removed at once' : `exited at once with code ${state.ExitCode}`;
    throw new DockerFailure(`${containerName(incidentId)} ${ending}${line === '' ? '' : `: ${line}`}`);
  }

  async #isRunning(id: string): Promise<boolean> {
    return (await this.#containers.inspect(id))?.State.Running === true;
  }

  async #removeAll(wanted: (incidentId: string) => boolean): Promise<readonly string[]> {
    const names: string[] = [];
    for (const { id, name, incidentId } of await this.#containers.list()) {
      if (!wanted(incidentId)) continue;
      await this.#containers.removeById(id);
      names.push(name);
    }
    return names.sort();
  }
}

function turnOf(incidentId: string): string {
  return `incident ${incidentId}`;
}

// Docker's own rule for names: [a-zA-Z0-9][a-zA-Z0-9_.-]+
function assertIncidentId(incidentId: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/u.test(incidentId))
    throw new SandboxUnavailable(`not an incident id: ${oneLine(incidentId)}`);
}

function unavailable(what: string, cause: unknown): SandboxUnavailable {
  if (cause instanceof SandboxUnavailable) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SandboxUnavailable(`${what}: ${oneLine(reason)}`, { cause });
}
