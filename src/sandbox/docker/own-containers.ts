import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import { lastLogLine } from './container-log.js';
import { incidentOf } from './container-spec.js';
import type { DockerClient } from './docker-client.js';
import { DockerFailure } from './docker-failure.js';
import { instanceLabel } from './labels.js';

/** Longest wait for a container that somebody else removes, and between two looks at it, ms. */
const goingMs = 10_000;
const lookMs = 50;

/** A container of this installation. */
export interface OwnContainer {
  readonly id: string;
  readonly name: string;
  /** Absent where it waits for an incident. */
  readonly incidentId: string | undefined;
}

/** The containers that carry one installation's label; no other is ever touched. */
export class OwnContainers {
  readonly #client: DockerClient;
  readonly #instanceId: string;

  constructor(client: DockerClient, instanceId: string) {
    this.#client = client;
    this.#instanceId = instanceId;
  }

  /**
   * Creates a container.
   * @throws SandboxUnavailable
   */
  async create(spec: ContainerCreateOptions): Promise<string> {
    const container = await this.#client.call('creating the container', (docker, signal) =>
      docker.createContainer({ ...spec, abortSignal: signal }),
    );
    return container.id;
  }

  /** @throws SandboxUnavailable */
  async startById(id: string): Promise<void> {
    await this.#client.call('starting the container', (docker, signal) =>
      docker.getContainer(id).start({ abortSignal: signal }),
    );
  }

  /**
   * A container by name or id; undefined when there is none.
   * @throws SandboxUnavailable
   */
  async inspect(nameOrId: string): Promise<ContainerInspectInfo | undefined> {
    try {
      return await this.#client.call('inspecting the container', (docker, signal) =>
        docker.getContainer(nameOrId).inspect({ abortSignal: signal }),
      );
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /** Last line a container wrote, printable; empty when it cannot be had. */
  async lastLine(id: string): Promise<string> {
    try {
      const log = await this.#client.call('reading the container log', (docker, signal) =>
        docker.getContainer(id).logs({ stdout: true, stderr: true, tail: 5, abortSignal: signal }),
      );
      return lastLogLine(log);
    } catch {
      return '';
    }
  }

  /**
   * Every container of this installation, running or not.
   * @throws SandboxUnavailable
   */
  async list(): Promise<readonly OwnContainer[]> {
    const found = await this.#client.call('listing sandbox containers', (docker, signal) =>
      docker.listContainers({
        all: true,
        filters: { label: [`${instanceLabel}=${this.#instanceId}`] },
        abortSignal: signal,
      }),
    );
    return found.map((facts) => {
      const name = facts.Names[0]?.replace(/^\//u, '') ?? facts.Id;
      return { id: facts.Id, name, incidentId: incidentOf(name) };
    });
  }

  /**
   * Gives a container its incident's name; one of ours that has the name is removed.
   * @throws SandboxUnavailable when the name belongs to a foreign container
   */
  async rename(id: string, name: string): Promise<void> {
    const rename = () =>
      this.#client.call('naming the container', (docker, signal) =>
        docker.getContainer(id).rename({ name, abortSignal: signal }),
      );
    try {
      await rename();
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      await this.#makeFree(name);
      await rename();
    }
  }

  /**
   * Removes a container by name if it is ours, and says whether there was one.
   * @throws SandboxUnavailable
   */
  async removeByName(name: string): Promise<boolean> {
    const found = await this.inspect(name);
    if (found === undefined || !this.isOurs(found)) return false;
    await this.removeById(found.Id);
    return true;
  }

  /**
   * Kills and removes a container with its volumes, and returns when it is gone; none is no error.
   * @throws SandboxUnavailable
   */
  async removeById(id: string): Promise<void> {
    try {
      // No grace: the root is read-only and the rest is tmpfs, so there is nothing to save.
      await this.#client.call('removing the container', (docker, signal) =>
        docker.getContainer(id).remove({ force: true, v: true, abortSignal: signal }),
      );
    } catch (error) {
      if (hasStatus(error, 409) && /already in progress/u.test(error.message)) return this.#untilGone(id);
      if (!hasStatus(error, 404)) throw error;
    }
  }

  /** What goes still holds its name, its image and its network. */
  async #untilGone(id: string): Promise<void> {
    for (const begin = performance.now(); performance.now() - begin < goingMs; await delay(lookMs))
      if ((await this.inspect(id)) === undefined) return;
    throw new DockerFailure(`Docker began to remove ${id.slice(0, 12)} and does not come to an end`);
  }

  async #makeFree(name: string): Promise<void> {
    const taken = await this.inspect(name);
    if (taken === undefined) return;
    if (!this.isOurs(taken))
      throw new DockerFailure(
        `a foreign container is named ${name} (${taken.Id.slice(0, 12)}); rename or remove it`,
      );
    await this.removeById(taken.Id);
  }

  /** Whether this installation made it. */
  isOurs(facts: ContainerInspectInfo): boolean {
    return facts.Config.Labels[instanceLabel] === this.#instanceId;
  }
}

/** Whether the engine answered with this HTTP status. */
export function hasStatus(error: unknown, status: number): error is DockerFailure {
  return error instanceof DockerFailure && error.statusCode === status;
}
