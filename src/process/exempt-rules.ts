import type { Actor } from '../core/actor.js';
import { processKey } from '../core/actor-key.js';
import { concerns, fulfils, type ResolvedExemption } from '../core/exempt-match.js';
import type { Exemption } from '../core/exemption.js';
import type { Clock } from '../core/ports/clock.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { Exemptions } from '../core/ports/exemptions.js';
import { printableText } from '../core/printable.js';
import type { Recorder } from '../core/record.js';
import { ActorOnHost } from './exempt-actor.js';
import { RulePath } from './exempt-path.js';
import { type RuleState, stateOfRule } from './exempt-state.js';
import { UnitFolders } from './exempt-units.js';
import type { ProcReader } from './proc-reader.js';
import { ProgramFiles } from './program-file.js';
import { RecentCache } from './recent-cache.js';

export interface ExemptionRulesOptions {
  readonly rules: readonly Exemption[];
  readonly reader: ProcReader;
  readonly record: Recorder;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly units?: UnitFolders;
}

const refreshMs = 10_000;
/** A look at the paths of all rules takes some us each; a flood of processes must not make one each. */
const staleForMs = 50;

/** The configured exemptions, with the files that they mean now. */
export class ExemptionRules implements Exemptions {
  readonly #options: ExemptionRulesOptions;
  readonly #paths: ReadonlyMap<string, RulePath>;
  readonly #units: UnitFolders;
  readonly #told = new Map<Exemption, string>();
  #resolved: readonly ResolvedExemption[] = [];
  #inodes: ReadonlySet<bigint> = new Set();
  #verdicts = newVerdicts();
  #refreshing: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #isStopped = false;
  #isStale = false;
  #askedAtMs = 0;

  constructor(options: ExemptionRulesOptions) {
    this.#options = options;
    this.#units = options.units ?? new UnitFolders();
    this.#paths = pathsOf(options.rules);
  }

  /** Resolves the rules, and again every 10 s. */
  async start(): Promise<void> {
    if (this.#options.rules.length === 0) return;
    await this.refresh();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#refreshing;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#resolved = [];
    for (const path of this.#paths.values()) path.close();
  }

  /** The rules with their files, as of the last look. */
  get resolved(): readonly ResolvedExemption[] {
    return this.#resolved;
  }

  ruleFor(actor: Actor): Exemption | undefined | Promise<Exemption | undefined> {
    // A guess may well name the backup that had the file open when an intruder read it.
    if (this.#paths.size === 0 || actor.certainty !== 'kernel' || actor.process === undefined)
      return undefined;
    if (this.#needsRefresh()) return this.refresh().then(() => this.#decide(actor));
    return this.#decide(actor);
  }

  /** Looks at every path anew, and tells what changed. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#look()
      .catch((error: Error) => this.#options.diagnostics.error(`exemptions: ${error.message}`))
      .finally(() => {
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  #decide(actor: Actor): Exemption | undefined {
    const { executableFile: file, process } = actor;
    if (file !== undefined && !this.#resolved.some((one) => concerns(one, file))) return undefined;
    const program = file === undefined ? '' : `${file.device}:${file.inode}`;
    // Without the kernel's word each touch is looked at: the process may run another program by now.
    if (file === undefined) return this.#verdict(actor);
    return this.#verdicts.get(`${processKey(process)} ${process?.uid ?? ''} ${program}`, () =>
      this.#verdict(actor),
    );
  }

  #verdict(actor: Actor): Exemption | undefined {
    const { reader, diagnostics } = this.#options;
    const isWanted = (inode: bigint) => this.#inodes.has(inode);
    try {
      const onHost = new ActorOnHost(actor, { reader, units: this.#units, isWanted });
      return this.#resolved.find((one) => fulfils(one, onHost))?.rule;
    } catch (error) {
      diagnostics.error(`exemptions: ${(error as Error).message}`);
      return undefined;
    }
  }

  #needsRefresh(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#askedAtMs >= staleForMs) {
      this.#askedAtMs = nowMs;
      this.#isStale = [...this.#paths.values()].some(({ isStale }) => isStale);
    }
    return this.#isStale;
  }

  async #look(): Promise<void> {
    let isChanged = false;
    for (const path of this.#paths.values()) isChanged = (await path.look()) || isChanged;
    this.#isStale = false;
    this.#askedAtMs = performance.now();
    if (isChanged) this.#resolve();
    for (const rule of this.#options.rules) this.#tell(rule, stateOfRule(rule, this.#at));
  }

  #resolve(): void {
    this.#resolved = this.#options.rules.map((rule) => ({
      rule,
      programs: this.#at(rule.executable).identities(rule.sha256),
      parents: (rule.parents ?? []).map((path) => this.#at(path).identities()),
    }));
    const files = this.#resolved.flatMap(({ programs, parents }) => [...programs, ...parents.flat()]);
    this.#inodes = new Set(files.map(({ inode }) => inode));
    this.#verdicts = newVerdicts();
  }

  /** Once for each change. */
  #tell(rule: Exemption, state: RuleState): void {
    const key = `${state.name} ${state.what}`;
    if (this.#told.get(rule) === key) return;
    this.#told.set(rule, key);
    const { diagnostics, record, clock } = this.#options;
    const reason = printableText(state.what);
    if (state.name === 'holds') diagnostics.info(`exemption ${rule.name}: ${reason}`);
    else if (state.name === 'rests') diagnostics.warn(`exemption ${rule.name} rests: ${reason}`);
    else
      void record({
        action: 'exemption-refused',
        atNs: clock.nowNs(),
        message: `exemption ${rule.name} is refused: ${reason}`,
        outcome: 'failure',
        reason,
        exemption: { name: rule.name },
        path: printableText(rule.executable),
      });
  }

  readonly #at = (path: string): RulePath => this.#paths.get(path) as RulePath;

  #schedule(): void {
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.after(refreshMs, () => {
      this.#cancel = undefined;
      void this.refresh().then(() => this.#schedule());
    });
  }
}

function pathsOf(rules: readonly Exemption[]): Map<string, RulePath> {
  const programs = new ProgramFiles();
  const hashed = new Set(rules.flatMap(({ executable, sha256 }) => (sha256 === undefined ? [] : executable)));
  const paths = new Set(rules.flatMap(({ executable, parents = [] }) => [executable, ...parents]));
  return new Map([...paths].map((path) => [path, new RulePath(path, programs, hashed.has(path))]));
}

function newVerdicts() {
  return new RecentCache<Exemption | undefined>({
    maxEntries: 4096,
    maxAgeMs: refreshMs,
    nowMs: () => performance.now(),
  });
}
