import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import { type Redirect, type RedirectRefused, RedirectUnavailable } from '../../core/ports/redirect.js';
import { toPrintable } from '../../core/printable.js';
import { type IpAddress, isNetwork, parseAddress } from './ip-address.js';
import { type HostAddresses, hostAddresses, whyNever } from './never-redirected.js';
import { Nft } from './nft.js';
import {
  admission,
  type DecoyPort,
  familiesOf,
  mostVisitors,
  type NftTable,
  removal,
  ruleset,
  tableOf,
} from './ruleset.js';

export interface NftRedirectOptions {
  /** Name of this installation, a word; no table of another one is ever touched. */
  readonly installation: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Ports of the host and where their decoys listen. */
  readonly ports: readonly DecoyPort[];
  /** Addresses and networks that are never redirected: the operators'. */
  readonly allowed: readonly string[];
  readonly nft?: Pick<Nft, 'run'>;
  readonly host?: () => HostAddresses;
}

/** The kernel counts from a little later than we do. */
const graceMs = 2000;
const longestSeconds = 7 * 86_400;

/** Redirects by an nftables table of its own. Its entries end by themselves, also when the daemon is gone. */
export class NftRedirect implements Redirect {
  readonly #options: NftRedirectOptions;
  readonly #nft: Pick<Nft, 'run'>;
  readonly #table: NftTable;
  readonly #host: () => HostAddresses;
  /** When the time of each is over, in ms since the epoch. */
  readonly #visitors = new Map<string, number>();
  #isStarted = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: NftRedirectOptions) {
    this.#options = options;
    this.#nft = options.nft ?? new Nft();
    this.#table = tableOf(options.installation);
    this.#host = options.host ?? (() => hostAddresses());
  }

  start(): Promise<void> {
    return this.#inTurn(async () => {
      const hidden = this.#options.ports.find(({ decoyAddress }) => isLoopback(decoyAddress));
      // The kernel takes nothing from a network that is meant for loopback (route_localnet).
      if (hidden !== undefined)
        throw new RedirectUnavailable(
          'connections cannot be redirected to a decoy on loopback: give sandbox.advertise.host an address of this host',
        );
      const unclear = this.#options.allowed.find((text) => !isNetwork(text));
      if (unclear !== undefined)
        throw new RedirectUnavailable(
          `response.redirect_allow: ${toPrintable(Buffer.from(unclear))} is no network`,
        );
      try {
        await this.#nft.run(ruleset(this.#table, this.#options.ports));
      } catch (error) {
        throw new RedirectUnavailable(`connections cannot be redirected: ${(error as Error).message}`);
      }
      this.#visitors.clear();
      this.#isStarted = true;
    });
  }

  add(source: string, untilMs: number): Promise<'added' | RedirectRefused> {
    return this.#inTurn(async () => {
      const address = parseAddress(source);
      const refused = address === undefined ? 'it is not an IP address' : this.#whyRefused(address, untilMs);
      if (address === undefined || refused !== undefined) return { refused: refused ?? '' };
      return this.#admit(address, untilMs);
    });
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      const wasStarted = this.#isStarted;
      this.#isStarted = false;
      this.#visitors.clear();
      try {
        await this.#nft.run(removal(this.#table));
      } catch (error) {
        if (wasStarted)
          this.#options.diagnostics.error(`the redirect is not removed: ${(error as Error).message}`);
      }
    });
  }

  #whyRefused(address: IpAddress, untilMs: number): string | undefined {
    if (!this.#isStarted) return 'the redirect is not started';
    if (!(untilMs > this.#nowMs)) return 'its time is over';
    const { ports, allowed } = this.#options;
    if (!familiesOf(ports).includes(address.family)) return `the decoy has no ${address.family} address`;
    const never = whyNever(address, allowed, this.#host());
    if (never !== undefined) return never;
    this.#forgetOld();
    const isFull = this.#visitors.size >= mostVisitors && !this.#visitors.has(address.text);
    return isFull ? `${mostVisitors} addresses are redirected already` : undefined;
  }

  async #admit(address: IpAddress, untilMs: number): Promise<'added' | RedirectRefused> {
    const seconds = Math.min(longestSeconds, Math.max(1, Math.ceil((untilMs - this.#nowMs) / 1000)));
    const admit = (isIn: boolean) => this.#nft.run(admission(this.#table, address, seconds, isIn));
    try {
      // The kernel may have dropped it already, by its own clock.
      if (this.#visitors.has(address.text)) await admit(true).catch(() => admit(false));
      else await admit(false);
    } catch (error) {
      return { refused: (error as Error).message };
    }
    this.#visitors.set(address.text, this.#nowMs + seconds * 1000);
    return 'added';
  }

  #forgetOld(): void {
    for (const [text, untilMs] of this.#visitors)
      if (untilMs + graceMs <= this.#nowMs) this.#visitors.delete(text);
  }

  get #nowMs(): number {
    return Number(this.#options.clock.nowNs() / 1_000_000n);
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

function isLoopback(address: IpAddress | undefined): boolean {
  return address !== undefined && (address.text.startsWith('127.') || address.text === '::1');
}
