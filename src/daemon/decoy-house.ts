import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import { DecoyDesk, type DecoyDeskOptions, type LoginFacts } from '../core/decoy/decoy-desk.js';
import type { DecoyStory } from '../core/decoy/decoy-story.js';
import type { Clock } from '../core/ports/clock.js';
import type { Decoy, DecoyPlace } from '../core/ports/decoy.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import { SandboxUnavailable } from '../core/ports/sandbox.js';
import type { Recorder } from '../core/record.js';
import type { Trap } from '../core/trap.js';
import { DecoyGateway } from '../decoy/host/decoy-gateway.js';
import { softwareOf } from '../decoy/host/software.js';
import { trapOfLogin } from '../factory/decoy-story.js';
import type { DecoyScene, TrapFactory } from '../factory/trap-factory.js';

export interface DecoyHouseParts extends Omit<DecoyDeskOptions, 'login'> {
  readonly factory: Pick<TrapFactory, 'decoy'>;
  readonly traps: ReadonlyMap<string, Trap>;
  readonly record: Recorder;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** The decoy services of one daemon: what they show, who may log in, and where they answer. */
export class DecoyHouse {
  readonly desk: DecoyDesk;
  readonly #config: Config;
  readonly #parts: DecoyHouseParts;
  #scene: DecoyScene | undefined;
  #decoy: Decoy | undefined;
  #isClosed = false;
  #complaint: string | undefined;

  constructor(config: Config, parts: DecoyHouseParts) {
    this.#config = config;
    this.#parts = parts;
    this.desk = new DecoyDesk({ ...parts, login: (id) => this.#login(id) });
  }

  /**
   * What the sandboxes show too.
   * @throws SandboxUnavailable before traps are planted
   */
  get story(): DecoyStory {
    if (this.#scene === undefined) throw new SandboxUnavailable('no trap was planted yet');
    return this.#scene.story;
  }

  /** Learns the story and the logins anew, after a planting. */
  async renew(): Promise<void> {
    const scene = await this.#parts.factory.decoy(hostname());
    if (scene === undefined) return;
    const isNew = JSON.stringify(scene.story) !== JSON.stringify(this.#scene?.story);
    // The same story stays the same object: sandboxes that stand ready are of it.
    this.#scene = { logins: scene.logins, story: isNew ? scene.story : (this.#scene ?? scene).story };
    this.#decoy?.admit(scene.logins);
  }

  /** Answers from now on, or as soon as it can. Never rejects. */
  async open(): Promise<void> {
    const { clock, diagnostics } = this.#parts;
    if (this.#isClosed || this.#scene === undefined) return;
    try {
      const { story, logins } = this.#scene;
      const decoy = new DecoyGateway(await this.#gatewayOptions(story));
      decoy.admit(logins);
      const places = await decoy.open(this.desk);
      if (this.#isClosed) return decoy.close();
      this.#decoy = decoy;
      await this.desk.listening(places);
    } catch (error) {
      await this.#failed((error as Error).message);
      const again = () => void this.open();
      clock.after(this.#config.sandbox.retry_s * 1000, again);
      diagnostics.debug(`the decoy is tried again in ${this.#config.sandbox.retry_s} s`);
    }
  }

  /** Answers nobody any more; what visitors did is on record when it resolves. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#decoy?.close();
    await this.desk.stop();
  }

  #login(id: string): LoginFacts | undefined {
    const login = this.#scene?.logins.find((one) => one.id === id);
    const trap = this.#parts.traps.get(trapOfLogin(id));
    if (login === undefined || trap === undefined || this.#scene === undefined) return undefined;
    return { trap, user: login.user, persona: this.#scene.story.company };
  }

  async #gatewayOptions(story: DecoyStory) {
    const { clock, diagnostics } = this.#parts;
    const { sandbox } = this.#config;
    const text = (path: string) => readFile(path, 'utf8').catch(() => '');
    return {
      listen: listeningAddresses(this.#config),
      ports: sandbox.advertise.ports,
      keysFolder: decoyKeysFolder(this.#config),
      story,
      software: softwareOf(await text('/etc/os-release'), await text('/var/lib/dpkg/status')),
      clock,
      diagnostics,
      retryMs: sandbox.retry_s * 1000,
    };
  }

  /** Each place is told once for each reason. */
  async #failed(failure: string): Promise<void> {
    if (failure === this.#complaint) return;
    this.#complaint = failure;
    const { ports } = this.#config.sandbox.advertise;
    const places = listeningAddresses(this.#config).flatMap((ip): DecoyPlace[] =>
      (['ssh', 'http', 'postgres', 'redis'] as const).map((service) => ({
        service,
        ip,
        port: ports[service],
        failure,
      })),
    );
    await this.desk.listening(places);
  }
}

/** Where the keys of the decoy's services are kept. */
export function decoyKeysFolder({ paths }: Config): string {
  return join(paths.state_dir, 'decoy');
}

/** Where the decoy answers: what the traps advertise, unless the configuration says otherwise. */
function listeningAddresses({ sandbox }: Config): readonly string[] {
  const { host } = sandbox.advertise;
  return sandbox.listen ?? [isIP(host) === 0 ? '127.0.0.1' : host];
}
