import { rm } from 'node:fs/promises';
import type { DecoyLogin, DecoyService } from '../../core/decoy/decoy-service.js';
import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { Clock } from '../../core/ports/clock.js';
import { type Decoy, type DecoyPlace, DecoyUnavailable, type VisitListener } from '../../core/ports/decoy.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import { printableText } from '../../core/printable.js';
import { DaemonEnd } from '../link/daemon-end.js';
import { firstSocketDescriptor } from '../link/settings.js';
import type { DecoySoftware, ServiceSettings } from '../services/service.js';
import { loadCLibrary } from './c-library.js';
import { childCommand } from './child-command.js';
import { type DecoyChild, startDecoyChild } from './child-process.js';
import { ChildRun, type RunListener } from './child-run.js';
import { ClusterKeeper } from './cluster-keeper.js';
import { keepDecoyKeys } from './decoy-keys.js';
import { OpenPlaces, type OpenSocket } from './open-places.js';
import { RestartDelay, type RestartDelays } from './restart-delay.js';
import { builtFolder, type StagedFiles, stageFiles, stagingFolder } from './staged-files.js';

export interface DecoyGatewayOptions {
  /** Addresses of this host on which it answers. */
  readonly listen: readonly string[];
  readonly ports: Readonly<Record<DecoyService, number>>;
  /** The keys are kept in it; made when it is missing. Absolute. */
  readonly keysFolder: string;
  readonly story: DecoyStory;
  readonly software: DecoySoftware;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** A place that is taken is tried again after so many ms. */
  readonly retryMs: number;
  /** How long the child stays away after its end. */
  readonly restart?: RestartDelays;
  /** Connections at once; 200 when absent. */
  readonly mostVisits?: number;
  /** Connections at once of one source address; 50 when absent. */
  readonly mostOfOneSource?: number;
  /** Who has shown no login by then is cut off; 120,000 ms when absent. */
  readonly loginGraceMs?: number;
  /** Most memory of the child, MB; 1536 when absent: PostgreSQL needs up to 900 at its start. */
  readonly memoryMb?: number;
  /** Folder of root's that everybody may read, for the files of the child; `/run` when absent. */
  readonly runFolder?: string;
  /** The built files; this package's own when absent. */
  readonly built?: string;
  /** PostgreSQL's cluster is built ahead so many ms after the start; 30,000 when absent, never when null. */
  readonly buildClusterAfterMs?: number | null;
  /** How often the child is asked whether it still answers, ms; see `watchdog.ts`. */
  readonly askEveryMs?: number;
}

/** Longest time in ms that a child has to come up. */
const patienceMs = 60_000;

/**
 * Brings the decoy up in a process that can do nothing: nobody, without a privilege, without a network but for the
 * sockets on which it is visited, reading its own files only. See `launch.ts`, `child-command.ts`.
 */
export class DecoyGateway implements Decoy {
  readonly #options: DecoyGatewayOptions;
  readonly #built: string;
  readonly #delay: RestartDelay;
  #logins: readonly DecoyLogin[] = [];
  #listener: VisitListener | undefined;
  #places: OpenPlaces | undefined;
  #files: StagedFiles | undefined;
  #settings: ServiceSettings | undefined;
  #run: ChildRun | undefined;
  /** Where the child answers, as it was told, by descriptor of the socket. */
  readonly #answering = new Map<number, DecoyPlace>();
  #isOpen = false;
  #lastVisit = 0;
  #closed = false;
  #cancelRestart: (() => void) | undefined;
  #cancelRetry: (() => void) | undefined;
  #cluster: ClusterKeeper | undefined;

  constructor(options: DecoyGatewayOptions) {
    this.#options = options;
    this.#built = options.built ?? builtFolder();
    this.#delay = new RestartDelay(options.restart ?? { minMs: 250, maxMs: 30_000 });
  }

  async open(listener: VisitListener): Promise<readonly DecoyPlace[]> {
    const { listen, ports, keysFolder, story, software } = this.#options;
    this.#listener = listener;
    try {
      const library = await loadCLibrary().catch((error: Error) => {
        throw new DecoyUnavailable(`the C library cannot be called: ${shortReason(error)}`);
      });
      const { hostKeys, tls } = await keepDecoyKeys(keysFolder, story.hostname);
      this.#files = await stageFiles(this.#built, stagingFolder(keysFolder, this.#options.runFolder));
      const keptCluster = await this.#keepCluster(this.#files);
      this.#settings = { story, software, hostKeys, tls, ...(keptCluster && { keptCluster }) };
      this.#places = new OpenPlaces(library, listen, ports);
      this.#places.tryAll();
      if (this.#places.sockets.length > 0) await this.#startFirst();
      this.#isOpen = true;
      this.#retryLater();
      return this.#places.places;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  admit(logins: readonly DecoyLogin[]): void {
    this.#logins = logins;
    this.#run?.link.admit(logins);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRestart?.();
    this.#cancelRetry?.();
    // Nobody is to come while the child goes.
    this.#places?.close();
    await Promise.all([this.#run?.end(), this.#cluster?.close()]);
    if (this.#files) await rm(this.#files.folder, { recursive: true, force: true }).catch(() => undefined);
  }

  /** Number of the child's process; undefined while there is none. */
  get pid(): number | undefined {
    return this.#run?.child.pid;
  }

  async #startFirst(): Promise<void> {
    const run = this.#start();
    let cancel: () => void = () => undefined;
    const late = new Promise<string>((resolve) => {
      cancel = this.#options.clock.after(patienceMs, () => resolve('it does not come up'));
    });
    const failure = await Promise.race([run.ready, run.over, late]);
    cancel();
    if (failure !== undefined) throw new DecoyUnavailable(`the process for visitors: ${failure}`);
  }

  #start(): ChildRun {
    const { memoryMb = 1536 } = this.#options;
    const { folder, program } = this.#files as StagedFiles;
    const command = childCommand({ folder, program, memoryMb, searchPath: process.env.PATH ?? '' });
    const sockets = this.#openSockets;
    const descriptors = sockets.map(({ descriptor }) => descriptor);
    const child = startDecoyChild(this.#built, command, descriptors);
    const run = new ChildRun(child, sockets.length, (hear) => this.#link(child, sockets, hear));
    this.#run = run;
    void run.ready.then(() => this.#answers(sockets));
    void run.over.then((reason) => this.#ended(run, reason));
    return run;
  }

  #keepCluster(files: StagedFiles): Promise<string | undefined> | undefined {
    const { keysFolder: folder, buildClusterAfterMs: afterMs = 30_000, memoryMb = 1536 } = this.#options;
    if (afterMs === null) return undefined;
    const { story, clock, diagnostics } = this.#options;
    const options = { folder, files, story, memoryMb, built: this.#built, clock, diagnostics };
    this.#cluster = new ClusterKeeper(options);
    return this.#cluster.offer(afterMs);
  }

  /** Those of its first start are what `open` returns. */
  #answers(sockets: readonly OpenSocket[]): void {
    const news = sockets.filter(({ descriptor }) => !this.#answering.has(descriptor));
    for (const { descriptor, place } of news) this.#answering.set(descriptor, place);
    if (this.#isOpen && !this.#closed && news.length > 0)
      this.#listener?.placed(news.map(({ place }) => place));
  }

  #answersNoMore(failure: string): void {
    const places = [...this.#answering.values()];
    this.#answering.clear();
    if (places.length > 0) this.#listener?.placed(places.map((place) => ({ ...place, failure })));
  }

  get #openSockets(): readonly OpenSocket[] {
    return this.#places?.sockets ?? [];
  }

  #link(child: DecoyChild, sockets: readonly OpenSocket[], hear: RunListener): DaemonEnd {
    const {
      clock,
      diagnostics,
      mostVisits = 200,
      mostOfOneSource = 50,
      loginGraceMs = 120_000,
    } = this.#options;
    const settings = {
      service: this.#settings as ServiceSettings,
      sockets: sockets.map(({ service }, index) => ({ service, descriptor: firstSocketDescriptor + index })),
      ...{ mostVisits, mostOfOneSource, loginGraceMs },
    };
    const { askEveryMs } = this.#options;
    return new DaemonEnd(
      {
        stream: child.pipe,
        settings,
        ...(askEveryMs !== undefined && { askEveryMs }),
        listener: this.#listener as VisitListener,
        clock,
        nextVisitId: () => {
          this.#lastVisit += 1;
          return this.#lastVisit;
        },
        onReady: hear.ready,
        onLog: (text) => diagnostics.warn('the process for visitors of the decoy says', { text }),
        onLeft: () => this.#renewIfQuiet(),
        onEnd: hear.ended,
      },
      this.#logins,
    );
  }

  #ended(run: ChildRun, reason: string): void {
    if (this.#run === run) this.#run = undefined;
    if (this.#closed || this.#places === undefined) return;
    const delayMs = run.isRenewed ? 0 : this.#delay.after(run.ranMs());
    if (!run.isRenewed) {
      this.#options.diagnostics.warn('the process for visitors of the decoy ended', { reason, delayMs });
      this.#answersNoMore(`the process for visitors ended: ${reason}`);
    }
    this.#cancelRestart = this.#options.clock.after(delayMs, () => this.#restart());
  }

  #restart(): void {
    if (this.#closed || this.#run !== undefined) return;
    try {
      this.#start();
    } catch (error) {
      // A program of util-linux that was there before is gone.
      const reason = shortReason(error as Error);
      this.#options.diagnostics.error('the process for visitors of the decoy cannot be started', { reason });
      this.#cancelRestart = this.#options.clock.after(this.#delay.after(0), () => this.#restart());
    }
  }

  #retryLater(): void {
    const { clock, retryMs, diagnostics } = this.#options;
    if (this.#closed || this.#places === undefined || this.#places.areAllOpen) return;
    this.#cancelRetry = clock.after(retryMs, () => {
      const opened = this.#places?.tryAll() ?? [];
      for (const { service, ip, port } of opened)
        diagnostics.debug('the decoy has its place now', { service, ip, port });
      if (opened.length > 0) this.#renewIfQuiet();
      this.#retryLater();
    });
  }

  /** Sockets are inherited, so those of late need a new child: it takes turns when no intruder is inside. */
  #renewIfQuiet(): void {
    const run = this.#run;
    if (this.#closed || this.#openSockets.length === (run?.sockets ?? 0)) return;
    if (run === undefined) {
      if (this.#cancelRestart === undefined) this.#restart();
    } else if (run.link.admittedVisits === 0) run.renew();
  }
}

function shortReason(error: Error): string {
  return printableText(error.message.split('\n', 1)[0] ?? '').slice(0, 300);
}
