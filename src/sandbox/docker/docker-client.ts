import type { Agent } from 'node:http';
import Docker from 'dockerode';
import { DockerTimeout, dockerFailure } from './docker-failure.js';
import { EngineAgent } from './engine-agent.js';

export interface DockerClientOptions {
  /** Unix socket of the engine. */
  readonly socketPath: string;
  /** Longest wait for the answer to one call, ms. */
  readonly apiTimeoutMs: number;
}

type Action<Result> = (docker: Docker, signal: AbortSignal) => Promise<Result>;

/** The engine's API, where every call ends in time and fails in one readable line. */
export class DockerClient {
  readonly #options: DockerClientOptions;
  #docker: Docker | undefined;

  constructor(options: DockerClientOptions) {
    this.#options = options;
  }

  /**
   * Runs one call; `doing` completes "Docker failed while ...".
   * @throws DockerFailure
   */
  async call<Result>(doing: string, action: Action<Result>): Promise<Result> {
    const { apiTimeoutMs: timeoutMs, socketPath } = this.#options;
    const aborter = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new DockerTimeout());
        aborter.abort();
      }, timeoutMs);
    });
    try {
      return await Promise.race([action(this.#connect(), aborter.signal), tooLate]);
    } catch (error) {
      throw dockerFailure(error, { doing, socketPath, timeoutMs });
    } finally {
      clearTimeout(timer);
    }
  }

  #connect(): Docker {
    const options: Docker.DockerOptions & { readonly agent: Agent } = {
      socketPath: this.#options.socketPath,
      // docker-modem lets DOCKER_HOST win over socketPath unless `host` is given
      // (docker-modem 5 lib/modem.js, defaultOpts): the configured socket decides, not the environment.
      host: undefined,
      protocol: 'http',
      agent: new EngineAgent(),
    };
    this.#docker ??= new Docker(options);
    return this.#docker;
  }
}
