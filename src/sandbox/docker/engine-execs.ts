import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Exec, ExecCreateOptions } from 'dockerode';
import type { DockerClient } from './docker-client.js';
import { DockerFailure } from './docker-failure.js';

/** A program to run in a container. */
export interface ExecOrder {
  /** A name that stands in /etc/passwd inside, or `uid:gid`. */
  readonly user: string;
  readonly command: readonly string[];
  /** NAME=value, beside what the container has. */
  readonly environment?: readonly string[];
  readonly terminal?: boolean;
}

/** A program that runs in a container. */
export interface StartedExec {
  readonly exec: Exec;
  readonly stream: Duplex;
}

export interface ExecState {
  readonly running: boolean;
  /** Absent while it runs. */
  readonly code: number | undefined;
  /** On the host; 0 when it is not known. */
  readonly pid: number;
}

const mostMs = 10_000;
const mostLooks = 40;
const lookMs = 50;

/** Programs run in containers through the engine. */
export class EngineExecs {
  readonly #client: DockerClient;

  constructor(client: DockerClient) {
    this.#client = client;
  }

  /** @throws SandboxUnavailable */
  async start(container: string, order: ExecOrder): Promise<StartedExec> {
    const terminal = order.terminal ?? false;
    const options: ExecCreateOptions = {
      User: order.user,
      Cmd: [...order.command],
      Env: [...(order.environment ?? [])],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: terminal,
    };
    const exec = await this.#client.call('making a program ready in the sandbox', (docker, signal) =>
      docker.getContainer(container).exec({ ...options, abortSignal: signal }),
    );
    const stream = await this.#client.call('starting a program in the sandbox', (_docker, signal) =>
      exec.start({ hijack: true, stdin: true, Tty: terminal, abortSignal: signal }),
    );
    return { exec, stream };
  }

  /** @throws SandboxUnavailable */
  async state(exec: Exec): Promise<ExecState> {
    const facts = await this.#client.call('asking for a program in the sandbox', (_docker, signal) =>
      exec.inspect({ abortSignal: signal }),
    );
    return { running: facts.Running, code: facts.ExitCode ?? undefined, pid: facts.Pid };
  }

  /**
   * The number of a program on the host, which the engine knows a little after the start; undefined where it
   * ended before.
   * @throws SandboxUnavailable
   */
  async pidOf(exec: Exec): Promise<number | undefined> {
    for (let look = 0; look < mostLooks; look += 1) {
      const { pid, running, code } = await this.state(exec);
      if (pid > 1) return pid;
      if (!running && code !== undefined) return undefined;
      await delay(lookMs);
    }
    return undefined;
  }

  /** @throws SandboxUnavailable */
  async resize(exec: Exec, columns: number, rows: number): Promise<void> {
    await this.#client.call('changing the size of a terminal', (_docker, signal) =>
      exec.resize({ w: columns, h: rows, abortSignal: signal }),
    );
  }

  /**
   * Runs a program to its end, with `input` to read.
   * @throws SandboxUnavailable also when it fails, or takes more than 10 s
   */
  async finish(container: string, order: ExecOrder & { readonly input?: Buffer }): Promise<void> {
    const { exec, stream } = await this.start(container, order);
    const timer = setTimeout(() => stream.destroy(), mostMs);
    await new Promise<void>((resolve) => {
      stream.on('error', () => {});
      stream.on('close', () => resolve());
      stream.resume();
      stream.end(order.input);
    });
    clearTimeout(timer);
    const { running, code } = await this.state(exec);
    if (running || code !== 0)
      throw new DockerFailure(
        `${order.command[0]} in the sandbox ${running ? 'hangs' : `ended with ${code}`}`,
      );
  }
}
