import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { SandboxLimits } from './container-spec.js';

export interface DockerSandboxOptions {
  /** Unix socket of the engine on this host. */
  readonly socketPath: string;
  /** Name of this installation; only containers with it are ever removed. */
  readonly instanceId: string;
  /** What the sandboxes show, as it is told now. @throws SandboxUnavailable while there is none */
  readonly story: () => DecoyStory;
  readonly limits: SandboxLimits;
  /** Longest wait for one answer of the engine, ms. */
  readonly apiTimeoutMs: number;
  /** How many stand ready before they are asked for; 0 for none. */
  readonly warm: number;
  /** After which one that nobody asked for is made anew, so that its logs stay young, ms; 6 h. */
  readonly warmForMs?: number;
  /** OCI runtime, such as `crun`, `runsc` or `kata`; the engine's own where absent. */
  readonly runtime?: string;
  /** The host's /usr, shown inside. */
  readonly hostUsr?: string;
}
