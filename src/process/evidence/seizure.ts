import { closeSync, constants, createReadStream, openSync } from 'node:fs';
import { basename } from 'node:path';
import type { Actor } from '../../core/actor.js';
import { type EvidenceFile, toJson } from '../../core/evidence-of.js';
import type { Seized } from '../../core/ports/evidence-source.js';
import { fromPrintable } from '../../core/printable.js';
import { inTime } from '../in-time.js';
import { variable } from '../masked-environment.js';
import type { ProcReader } from '../proc-reader.js';
import type { ProcessIdentity } from '../process-identity.js';
import type { PinnedProgram, ProgramFiles } from '../program-file.js';
import { Sitter } from '../sitter.js';
import { nsPerTick } from '../start-time.js';
import type { Ground } from './guarded-file.js';
import { seizeFacts } from './process-facts.js';
import { type Login, type SeizedAncestor, seizeTree } from './process-tree.js';
import { type SeizedCore, seizeCore } from './seized-core.js';
import { seizeDescriptors, seizeSockets } from './seized-descriptors.js';
import { type HistoryClaim, type HistoryFinding, shellHistories } from './shell-histories.js';

/** open(2) */
const O_PATH = 0o10_000_000;

const mostBytesOfEnvironment = 128 * 1024;
const mostBytesOfMounts = 2 * 1024 * 1024;
const chunkBytes = 256 * 1024;

const shells = /^(?:ba|z|da|k|mk|pdk|a|fi|c|tc|r?ba)?sh(?: \(deleted\))?$/;

export interface SeizureOptions {
  readonly reader: ProcReader;
  readonly programs: ProgramFiles;
  readonly identity: ProcessIdentity;
  readonly sitter: Sitter;
  readonly executableBytes: number;
  readonly coreBytes?: number;
  readonly scratchDir: string;
  readonly heldMs?: number;
  readonly coreMs?: number;
}

/** The evidence of one process, in its two steps. */
export class Seizure implements Seized {
  readonly files: EvidenceFile[] = [];
  readonly #actor: Actor;
  readonly #options: SeizureOptions;
  readonly #folder: string;
  #program: PinnedProgram | undefined;
  #root: number | undefined;
  #mounts: Buffer = Buffer.alloc(0);
  #isAtHome = false;
  #core: SeizedCore | undefined;
  #lateSockets: Promise<object> | undefined;
  #ancestors: readonly SeizedAncestor[] = [];
  #claims: readonly HistoryClaim[] = [];
  #closed = false;

  constructor(actor: Actor, options: SeizureOptions) {
    this.#actor = actor;
    this.#options = options;
    const { pid, startedAtNs } = options.identity;
    this.#folder = `processes/${pid}-${startedAtNs / nsPerTick}`;
  }

  /** What must be read while the process stands still. Rejects when it has gone. */
  async hold(): Promise<void> {
    const { reader, programs, identity, heldMs = 8 } = this.#options;
    const { seat, stat } = this.#options.sitter;
    const startedAt = performance.now();
    const until = startedAt + heldMs;
    this.#program = programs.pin(reader, seat);
    const login: Login = {
      posixSession: stat.posixSession,
      ...auditSessionOf(this.#actor.auditSession ?? reader.auditSession(seat)),
    };
    // What lies in the process's memory is asked for first: the thread pool reads it meanwhile.
    const reading = seizeFacts(reader, this.#options.sitter, identity, heldMs);
    const claiming = this.#claimsOf(this.#actor.ancestors, heldMs);
    const climbing = seizeTree(reader, this.#actor, login, heldMs);
    this.#pinRoot();
    const descriptors = await seizeDescriptors(reader, seat, until);
    if (descriptors !== undefined) {
      const sockets = seizeSockets(reader, seat, descriptors.open);
      const found = await inTime(sockets, until - performance.now());
      if (found !== undefined) this.#file('sockets.json', found);
      else this.#lateSockets = sockets;
      this.#file('descriptors.json', descriptors.json);
    }
    const facts = await reading;
    this.#ancestors = await climbing;
    this.#file('tree.json', { login, ancestors: this.#ancestors, omitted: this.#actor.ancestorsOmitted });
    if (facts.maps !== undefined) this.files.push({ name: `${this.#folder}/maps`, content: facts.maps });
    this.#claims = [...(await claiming), ...this.#ownClaim(facts.environment)];
    const tookMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
    const seizedAt = new Date().toISOString();
    // The first by worth: it is what is left when there is room for one.
    this.files.unshift({
      name: `${this.#folder}/process.json`,
      content: toJson({ seizedAt, tookMs, ...facts.json }),
    });
    this.#core = await seizeCore(facts.maps, this.#options);
  }

  async *rest(): AsyncGenerator<EvidenceFile> {
    for (const part of [this.#sockets(), this.#histories(), this.#executable(), this.#memory()]) {
      try {
        yield* part;
      } catch {
        // What could be had of it was given.
      }
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#program?.close();
    if (this.#root !== undefined) closeSync(this.#root);
    void this.#core?.close();
  }

  #file(name: string, value: unknown): void {
    this.files.push(this.#json(name, value));
  }

  #json(name: string, value: unknown): EvidenceFile {
    return { name: `${this.#folder}/${name}`, content: toJson(value) };
  }

  /** The process may have another root than the daemon, and be gone when its histories are read. */
  #pinRoot(): void {
    const { reader, sitter } = this.#options;
    const { mnt } = reader.namespaces(sitter.seat);
    this.#isAtHome =
      mnt !== undefined &&
      mnt === reader.namespaces('self').mnt &&
      reader.rootDirectory(sitter.seat) === reader.rootDirectory('self');
    if (this.#isAtHome) return;
    this.#mounts = reader.contentNow(sitter.seat, 'mountinfo', mostBytesOfMounts) ?? this.#mounts;
    try {
      this.#root = openSync(reader.path(sitter.seat, 'root'), O_PATH | constants.O_DIRECTORY);
    } catch {
      // Its histories are not to be had then.
    }
  }

  async *#sockets(): AsyncGenerator<EvidenceFile> {
    if (this.#lateSockets === undefined) return;
    yield this.#json('sockets.json', { ...(await this.#lateSockets), readLater: true });
  }

  async *#histories(): AsyncGenerator<EvidenceFile> {
    const ground = this.#ground();
    if (ground === undefined) return;
    const findings: HistoryFinding[] = [];
    const { process, loginUid } = this.#actor;
    const { sitter, reader } = this.#options;
    const own = process?.uid === undefined ? reader.credentials(sitter.seat) : process;
    const uids = [
      own?.uid,
      own?.effectiveUid,
      loginUid,
      ...this.#ancestors.filter(isShell).map(({ uid }) => uid),
    ];
    const wanted = { uids: [...new Set(uids)].filter((uid) => uid !== undefined), claims: this.#claims };
    yield* shellHistories(wanted, ground, findings);
    if (findings.length > 0) yield this.#json('histories.json', findings);
  }

  #ground(): Ground | undefined {
    if (this.#isAtHome) return { root: '/', mountTables: ['/proc/self/mountinfo'] };
    if (this.#root === undefined) return undefined;
    return { root: `/proc/self/fd/${this.#root}`, mountTables: [this.#mounts] };
  }

  async *#executable(): AsyncGenerator<EvidenceFile> {
    const { programs, executableBytes } = this.#options;
    const pinned = this.#program;
    if (pinned === undefined) return;
    const program = await programs.describe(pinned);
    const { sha256, size = 0 } = program ?? {};
    const isCopied = sha256 !== undefined && size <= executableBytes;
    const name = `executables/${sha256}`;
    const why =
      program === undefined ? 'on a file system that may not answer' : `larger than ${executableBytes} bytes`;
    yield this.#json('program.json', {
      ...program,
      ...(isCopied ? { copy: name } : { notCopied: program?.notHashed ?? why }),
    });
    if (!isCopied) return;
    const chunks = () =>
      createReadStream(`/proc/self/fd/${pinned.descriptor}`, { highWaterMark: chunkBytes });
    yield { name, content: { bytes: size, chunks } };
  }

  async *#memory(): AsyncGenerator<EvidenceFile> {
    const core = this.#core;
    if (core === undefined) return;
    yield this.#json('core.json', core.index);
    if (core.content !== undefined) yield { name: `${this.#folder}/core`, content: core.content };
  }

  /** Where the shells above say that their histories are. */
  async #claimsOf(ancestors: Actor['ancestors'], withinMs: number): Promise<HistoryClaim[]> {
    const { reader } = this.#options;
    const claims = ancestors.map(async ({ pid, startedAtNs, uid = reader.credentials(pid)?.uid }) => {
      if (startedAtNs === undefined || uid === undefined) return undefined;
      if (!isShell({ executable: reader.executable(pid) })) return undefined;
      const sitter = Sitter.meet(reader, { pid, startedAtNs });
      const read = sitter?.ofProgram(() => reader.environment(pid, mostBytesOfEnvironment));
      return claimOf(uid, read && (await inTime(read, withinMs)));
    });
    return (await Promise.all(claims)).filter((claim) => claim !== undefined);
  }

  #ownClaim(environment: Buffer | undefined): HistoryClaim[] {
    const { reader, sitter } = this.#options;
    const uid = reader.credentials(sitter.seat)?.uid;
    const claim = uid === undefined ? undefined : claimOf(uid, environment);
    return claim === undefined ? [] : [claim];
  }
}

function auditSessionOf(auditSession: number | undefined): Pick<Login, 'auditSession'> {
  return auditSession === undefined ? {} : { auditSession };
}

function claimOf(uid: number, environment: Buffer | undefined): HistoryClaim | undefined {
  const path = environment && variable(environment, 'HISTFILE');
  return path ? { uid, path } : undefined;
}

function isShell({ executable }: { readonly executable?: string | undefined }): boolean {
  if (executable === undefined) return false;
  return shells.test(basename(Buffer.from(fromPrintable(executable)).toString('latin1')));
}
