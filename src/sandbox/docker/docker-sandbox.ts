import type { GuestChannel, GuestListener, GuestRequest } from '../../core/decoy/guest.js';
import {
  type BroughtFile,
  type RunningSandbox,
  type Sandbox,
  type SandboxRequest,
  SandboxUnavailable,
} from '../../core/ports/sandbox.js';
import { furniture, lastLoginLine } from '../look/furniture.js';
import { readBroughtFiles } from './brought-files.js';
import { cgroupIdOf, isInContainer, pidInside } from './container-process.js';
import { containerName, writableFolders } from './container-spec.js';
import { DockerClient } from './docker-client.js';
import { DockerFailure, oneLine } from './docker-failure.js';
import { EngineExecs, type StartedExec } from './engine-execs.js';
import { guestOrder } from './guest-order.js';
import { GuestProgram } from './guest-program.js';
import { removeMirrorImages } from './mirror-image.js';
import { removeNetwork } from './network.js';
import { OwnContainers } from './own-containers.js';
import { PresentLogins } from './present-logins.js';
import { type ReadySandbox, SandboxMaker } from './sandbox-maker.js';
import type { DockerSandboxOptions } from './sandbox-options.js';
import { Turns } from './turns.js';
import { WarmPool } from './warm-pool.js';

export type { DockerSandboxOptions } from './sandbox-options.js';

const warmForMs = 6 * 3_600_000;

/** A sandbox that this object gave to an incident. */
interface Place {
  readonly running: RunningSandbox;
  readonly created: Date;
  /** When its process list is complete. */
  readonly staffed: Promise<void>;
  /** Who was there; sshd tells of the login before only to the first. */
  readonly greeted: Set<string>;
  readonly present: PresentLogins;
}

type Given = Pick<ReadySandbox, 'id' | 'image' | 'staffed'>;

/** Sandboxes as hardened containers of the host's own Docker. Every rejection is a SandboxUnavailable. */
export class DockerSandbox implements Sandbox {
  readonly engine = 'docker';
  readonly #options: DockerSandboxOptions;
  readonly #client: DockerClient;
  readonly #containers: OwnContainers;
  readonly #execs: EngineExecs;
  readonly #maker: SandboxMaker;
  readonly #warm: WarmPool;
  readonly #turns = new Turns();
  readonly #places = new Map<string, Place>();

  constructor(options: DockerSandboxOptions) {
    this.#options = options;
    this.#client = new DockerClient(options);
    this.#containers = new OwnContainers(this.#client, options.instanceId);
    this.#execs = new EngineExecs(this.#client);
    const parts = { client: this.#client, containers: this.#containers, execs: this.#execs };
    this.#maker = new SandboxMaker(options, parts);
    this.#warm = new WarmPool({
      size: options.warm,
      keepMs: options.warmForMs ?? warmForMs,
      make: () => this.#maker.make(),
      remove: (id) => this.#containers.removeById(id),
    });
  }

  async prepare(): Promise<void> {
    await this.#maker.prepare();
    await this.#warm.fill();
  }

  start(request: SandboxRequest): Promise<RunningSandbox> {
    return this.#inTurn(request.incidentId, async () => {
      const earlier = this.#places.get(request.incidentId);
      if (earlier !== undefined && (await this.#runs(earlier.running.id))) return earlier.running;
      const running = (await this.#startWarm(request)) ?? (await this.#startCold(request));
      void this.#warm.fill().catch(() => {});
      return running;
    });
  }

  async isRunning(incidentId: string): Promise<boolean> {
    assertIncidentId(incidentId);
    const found = await this.#containers.inspect(containerName(incidentId));
    return found?.State.Running === true && this.#containers.isOurs(found);
  }

  async run(incidentId: string, request: GuestRequest, listener: GuestListener): Promise<GuestChannel> {
    const place = this.#place(incidentId);
    const { mirror } = await this.#maker.ground();
    const account = mirror.inhabitants.accounts.find(({ login }) => login === request.user);
    if (account === undefined)
      throw new SandboxUnavailable(`nobody in the sandbox is ${oneLine(request.user)}`);
    await place.staffed;
    const terminal = request.terminal !== undefined;
    const greeting = terminal && !place.greeted.has(account.login);
    const lastLogin = greeting
      ? lastLoginLine(await this.#maker.furnitureOf(place.created), account.login)
      : '';
    const seat = terminal ? place.present.sit() : undefined;
    const order = guestOrder(request, account, {
      hostUsr: this.#options.hostUsr ?? '/usr',
      terminalNumber: seat ?? 0,
      lastLogin,
    });
    const containerId = place.running.id;
    const started = await this.#execs.start(containerId, order).catch((error: Error) => {
      if (seat !== undefined) void place.present.leave(seat);
      throw error;
    });
    if (seat !== undefined) {
      place.greeted.add(account.login);
      void this.#seat(place, seat, account.login, request.from ?? '', started);
    }
    const told: GuestListener = {
      output: (stream, bytes) => listener.output(stream, bytes),
      inputFull: (full) => listener.inputFull(full),
      exited: (exit) => {
        if (seat !== undefined) void place.present.leave(seat);
        listener.exited(exit);
      },
    };
    const program = new GuestProgram({ execs: this.#execs, started, containerId, terminal, listener: told });
    if (request.terminal) program.resize(request.terminal.columns, request.terminal.rows);
    return program;
  }

  async #seat(
    { present }: Place,
    seat: number,
    user: string,
    host: string,
    { exec }: StartedExec,
  ): Promise<void> {
    const pid = await this.#execs.pidOf(exec).catch(() => undefined);
    if (pid !== undefined) await present.enter(seat, { user, host, pid: await pidInside(pid) });
  }

  async *broughtFiles(
    incidentId: string,
    mostBytes: number,
    isKnown: (sha256: string) => boolean,
  ): AsyncGenerator<BroughtFile> {
    const { running, created, present } = this.#place(incidentId);
    const root = await this.#rootOf(running.id);
    if (root === undefined) throw new DockerFailure(`${running.name} does not run any more`);
    const facts = await this.#maker.furnitureOf(created);
    const homes = facts.inhabitants.accounts.map(({ home }) => home);
    const folders = new Set([...writableFolders, '/root', ...homes]);
    yield* readBroughtFiles({
      root,
      folders: [...folders],
      furniture: furniture(facts).map((piece) =>
        piece.path === 'run/utmp' && present.content ? { ...piece, content: present.content } : piece,
      ),
      mostBytes,
      isKnown,
    });
  }

  /** Where the files of a container are to be had; undefined when it does not run. */
  async #rootOf(id: string): Promise<string | undefined> {
    const pid = (await this.#containers.inspect(id))?.State.Pid ?? 0;
    return pid > 1 && (await isInContainer(pid, id)) ? `/proc/${pid}/root` : undefined;
  }

  remove(incidentId: string): Promise<void> {
    return this.#inTurn(incidentId, async () => {
      await this.#containers.removeByName(containerName(incidentId));
      this.#places.delete(incidentId);
    });
  }

  resume(incidentId: string): Promise<RunningSandbox | undefined> {
    return this.#inTurn(incidentId, async () => {
      const name = containerName(incidentId);
      const found = await this.#containers.inspect(name);
      if (found === undefined || !this.#containers.isOurs(found)) return undefined;
      if (!found.State.Running) {
        await this.#containers.removeById(found.Id);
        return undefined;
      }
      return this.#give(incidentId, { id: found.Id, image: found.Config.Image, staffed: Promise.resolve() });
    });
  }

  /** Sandboxes that this object started are not orphans and stay. */
  async removeOrphans(): Promise<readonly string[]> {
    return this.#removeAll(
      ({ id, name, incidentId }) =>
        !this.#warm.ids.includes(id) &&
        !this.#maker.isMaking(name) &&
        ![...this.#places.values()].some(({ running }) => running.id === id) &&
        (incidentId === undefined || !this.#turns.busy(incidentId)),
    );
  }

  /**
   * Removes every sandbox of this installation, and the network and images unless another one uses them.
   * @throws SandboxUnavailable
   */
  async removeEverything(): Promise<void> {
    await this.close();
    // What is being started would stay.
    await this.#turns.idle();
    await this.#removeAll(() => true);
    this.#places.clear();
    this.#maker.forget();
    await removeNetwork(this.#client);
    await removeMirrorImages(this.#client);
  }

  async close(): Promise<void> {
    await this.#warm.close();
    await this.#maker.close();
  }

  async #startWarm({ incidentId }: SandboxRequest): Promise<RunningSandbox | undefined> {
    for (let ready = this.#warm.take(); ready !== undefined; ready = this.#warm.take()) {
      const { image } = await this.#maker.ground();
      // One that ended meanwhile, or whose engine was started anew, is no sandbox; nor is one of an older story.
      if (ready.image === image && (await this.#runs(ready.id))) {
        const running = await this.#name(incidentId, ready);
        return { ...running, warm: true };
      }
      await this.#containers.removeById(ready.id);
    }
    return undefined;
  }

  async #startCold({ incidentId }: SandboxRequest): Promise<RunningSandbox> {
    return this.#name(incidentId, await this.#maker.make());
  }

  async #name(incidentId: string, ready: Given): Promise<RunningSandbox> {
    try {
      await this.#containers.rename(ready.id, containerName(incidentId));
      return await this.#give(incidentId, ready);
    } catch (error) {
      await this.#containers.removeById(ready.id).catch(() => {});
      throw error;
    }
  }

  async #give(incidentId: string, { id, image, staffed }: Given): Promise<RunningSandbox> {
    const found = await this.#containers.inspect(id);
    if (found?.State.Running !== true) throw new DockerFailure('the sandbox ended before it was used');
    const cgroupId = await cgroupIdOf(found.State.Pid, id);
    const name = containerName(incidentId);
    const running = { incidentId, name, id, image, ...(cgroupId !== undefined && { cgroupId }) };
    const created = new Date(found.Created);
    const present = new PresentLogins({
      facts: () => this.#maker.furnitureOf(created),
      root: () => this.#rootOf(id),
    });
    this.#places.set(incidentId, { running, created, staffed, greeted: new Set(), present });
    return running;
  }

  #place(incidentId: string): Place {
    const place = this.#places.get(incidentId);
    if (place === undefined) throw new SandboxUnavailable(`no sandbox runs for ${oneLine(incidentId)}`);
    return place;
  }

  #inTurn<Result>(incidentId: string, action: () => Promise<Result>): Promise<Result> {
    return this.#turns.take(incidentId, async () => {
      assertIncidentId(incidentId);
      return action();
    });
  }

  async #runs(id: string): Promise<boolean> {
    return (await this.#containers.inspect(id))?.State.Running === true;
  }

  /** Names of the sandboxes of incidents that were removed. */
  async #removeAll(
    wanted: (container: { id: string; name: string; incidentId: string | undefined }) => boolean,
  ): Promise<readonly string[]> {
    const names: string[] = [];
    for (const container of await this.#containers.list()) {
      if (!wanted(container)) continue;
      await this.#containers.removeById(container.id);
      if (container.incidentId !== undefined) names.push(container.name);
    }
    return names.sort();
  }
}

// Docker's own rule for names: [a-zA-Z0-9][a-zA-Z0-9_.-]+
function assertIncidentId(incidentId: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/u.test(incidentId))
    throw new SandboxUnavailable(`not an incident id: ${oneLine(incidentId)}`);
}
