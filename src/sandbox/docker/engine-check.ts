import type { DockerClient } from './docker-client.js';
import { DockerFailure } from './docker-failure.js';

/** What the engine offers. */
export interface EngineOffer {
  /** It maps root inside to somebody else outside (`userns-remap`), or runs without root itself. */
  readonly userNamespace: boolean;
}

interface EngineInfo {
  readonly SecurityOptions?: readonly string[];
  readonly Runtimes?: Readonly<Record<string, unknown>>;
}

/**
 * Asks whether the engine confines as it must.
 * @throws SandboxUnavailable without a seccomp profile, or without the runtime that is wanted
 */
export async function checkEngine(client: DockerClient, runtime: string | undefined): Promise<EngineOffer> {
  const info: EngineInfo = await client.call('asking what Docker offers', (docker) => docker.info());
  const options = info.SecurityOptions ?? [];
  // An own profile of the operator's is theirs to choose; `unconfined` is none.
  const seccomp = options.find((option) => /^name=seccomp(,|$)/u.test(option));
  if (seccomp === undefined || seccomp.includes('unconfined'))
    throw new DockerFailure('Docker runs without a seccomp profile, which the sandbox needs');
  // Names of containerd's shims need no entry there (moby since 23.0).
  const shim = runtime?.startsWith('io.containerd.');
  if (runtime !== undefined && !shim && info.Runtimes?.[runtime] === undefined)
    throw new DockerFailure(`Docker knows no runtime named ${runtime}; see "runtimes" in its daemon.json`);
  return { userNamespace: options.some((option) => /^name=(userns|rootless)/u.test(option)) };
}
