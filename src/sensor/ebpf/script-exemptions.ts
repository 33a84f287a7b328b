import { closeSync, openSync } from 'node:fs';
import type { Exemption } from '../../core/exemption.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import { type ExemptCondition, type ExemptProgram, ExemptPrograms } from '../exempt-programs.js';
import { ProcFiles } from '../marks/proc-files.js';
import { parseStat } from '../marks/thread-owner.js';
import { mostConditions } from './hold-plan.js';
import type { Registrar } from './registration.js';

const mostSpared = 4096;

/** A package upgrade puts another file in the place of an exempt program; it is found within this, in ms. */
const refreshMs = 10_000;

/**
 * Who is never held, as the script must know it: programs of exemptions, and processes that were let
 * go. Each run of the script is told anew, and all of it again now and then: what it knows already
 * changes nothing, and a message may get lost while somebody changes BPF maps.
 */
export class ScriptExemptions {
  readonly #programs: ExemptPrograms;
  readonly #spared = new Map<number, bigint>();
  readonly #proc: ProcFiles;
  #carrierPath: string | undefined;
  #registrar: Registrar | undefined;
  #cancelRefresh = () => {};
  #closed = false;

  constructor(
    rules: readonly Exemption[],
    neverStopped: readonly string[],
    diagnostics: Diagnostics,
    proc = new ProcFiles(),
  ) {
    this.#programs = new ExemptPrograms(rules, neverStopped, diagnostics);
    this.#proc = proc;
    const { length } = this.#programs.conditions;
    if (length > mostConditions)
      diagnostics.warn(`${length - mostConditions} exemptions are more than the kernel can compare`);
  }

  get conditions(): readonly ExemptCondition[] {
    return this.#programs.conditions;
  }

  /** A new run of the script, which knows nothing. `carrierPath` is a file of the daemon's own. */
  tell(registrar: Registrar, carrierPath: string): void {
    this.#registrar = registrar;
    this.#carrierPath = carrierPath;
    this.#tellAll();
  }

  /** The run is over. */
  silence(): void {
    this.#registrar = undefined;
  }

  /** Looks for the programs again and tells everything. Never rejects. */
  async refresh(): Promise<void> {
    await this.#programs.refresh(({ descriptor }) => this.#registrar?.exempt(descriptor, []));
    this.#tellAll();
  }

  /** Does so now and from time to time, until it is closed. */
  async keepFresh(clock: Clock): Promise<void> {
    this.#cancelRefresh();
    this.#closed = false;
    await this.refresh();
    if (this.#closed) return;
    this.#cancelRefresh = clock.after(refreshMs, () => void this.keepFresh(clock));
  }

  spare(pid: number): void {
    const startedAtNs = this.#startOf(pid);
    if (startedAtNs === undefined) return;
    this.#spared.delete(pid);
    this.#spared.set(pid, startedAtNs);
    if (this.#spared.size > mostSpared) this.#spared.delete(this.#spared.keys().next().value as number);
    this.#withCarrier((carrier) => this.#registrar?.spare(carrier, pid));
  }

  close(): void {
    this.#closed = true;
    this.#cancelRefresh();
    this.silence();
    this.#programs.close();
  }

  #tellAll(): void {
    if (this.#registrar === undefined) return;
    for (const program of this.#programs.programs) this.#tellProgram(program);
    this.#withCarrier((carrier) => {
      for (const [pid, startedAtNs] of this.#spared)
        if (this.#startOf(pid) === startedAtNs) this.#registrar?.spare(carrier, pid);
        else this.#spared.delete(pid);
    });
  }

  #tellProgram({ descriptor, conditions }: ExemptProgram): void {
    const known = conditions.filter((index) => index < mostConditions);
    if (known.length > 0) this.#registrar?.exempt(descriptor, known);
  }

  #withCarrier(tell: (carrier: number) => void): void {
    if (this.#registrar === undefined || this.#carrierPath === undefined) return;
    const carrier = openSync(this.#carrierPath, 'r');
    try {
      tell(carrier);
    } finally {
      closeSync(carrier);
    }
  }

  #startOf(pid: number): bigint | undefined {
    return parseStat(this.#proc.read(`${pid}/stat`))?.startedAtNs;
  }
}
