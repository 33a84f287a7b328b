import { closeSync } from 'node:fs';
import { SensorUnavailable } from '../../core/ports/sensor.js';
import { fromPrintable } from '../../core/printable.js';
import { closeOnExec, group, masks, nonBlocking } from './fanotify-abi.js';
import { type Libc, loadLibc } from './libc.js';
import type { MarkEvent, Verdict } from './mark-event.js';
import { changeMark, fileFactsOf, findInode, handleOf, holdInode, inodeIdOf } from './marked-inode.js';
import type { ContainSettings, MarkedInode, SparedProgram, WorkerSettings } from './messages.js';
import { groupRefusal, markRefusal } from './refusals.js';
import { WorkerLink } from './worker-link.js';

export interface MarksOptions {
  /** `notify` only tells; `permission` holds each opener, reader and executor until it is answered. */
  readonly mode: 'notify' | 'permission';
  /** Notify mode: every touch of a file (when absent), or what a permission group may not tell. */
  readonly events?: 'all' | 'unheld';
  readonly onEvents: (events: readonly MarkEvent[]) => void;
  /** Something was lost. `over`: no event comes any more, and everything that was held is let go. */
  readonly onLost: (reason: string, over: boolean) => void;
  /** Id whose touches by the daemon itself are told; all others of its own are not. */
  readonly probe?: number;
  /** Notify mode: ms between the wake-up and the reading of events, 2 when absent. */
  readonly settleMs?: number;
  /** Look at once at the processes and their ancestors, before they end; not done when absent. */
  readonly look?: boolean;
  /** Permission mode: longest time in ms that one is held, 20 when absent. */
  readonly holdMs?: number;
  /** What is answered after that time, and to what repeats a touch; `allow` when absent. */
  readonly late?: Verdict;
  /** Permission mode: ms without one after which a touch is no repetition any more, 1,000 when absent. */
  readonly quietMs?: number;
  /** Permission mode: what is done to openers before they are let go; nothing when absent. */
  readonly contain?: ContainSettings;
  /** Permission mode: ms between two reports of what was counted, 200 when absent. */
  readonly flushMs?: number;
}

const notifyFlags = group.reportFid;
const permissionFlags = group.classContent | group.unlimitedQueue;
const commonFlags = group.cloexec | group.nonblock | group.unlimitedMarks | group.reportTid;

/** A fanotify group with marks on single inodes: other files cost nothing. */
export class Marks {
  readonly #libc: Libc;
  readonly #options: MarksOptions;
  readonly #group: number;
  readonly #link: WorkerLink;
  readonly #marked = new Map<number, MarkedInode>();
  readonly #idOfInode = new Map<string, number>();

  private constructor(libc: Libc, options: MarksOptions, descriptor: number, link: WorkerLink) {
    this.#libc = libc;
    this.#options = options;
    this.#group = descriptor;
    this.#link = link;
  }

  /** @throws SensorUnavailable when this host has no fanotify for the daemon */
  static async open(options: MarksOptions): Promise<Marks> {
    const libc = await loadLibc();
    const flags = commonFlags | (options.mode === 'notify' ? notifyFlags : permissionFlags);
    // Descriptors of events are for reading and leave no time of access. O_LARGEFILE is the kernel's
    // own addition on 64-bit machines (fs/notify/fanotify/fanotify_user.c, force_o_largefile).
    const eventFlags = options.mode === 'notify' ? 0 : closeOnExec | noAccessTime;
    const descriptor = libc.fanotify_init(flags, eventFlags);
    if (descriptor < 0) throw new SensorUnavailable(groupRefusal(libc.error()));
    const wake = libc.eventfd(0, closeOnExec | nonBlocking);
    try {
      if (wake < 0) throw new SensorUnavailable(`no eventfd can be made: ${libc.error()}`);
      const link = await WorkerLink.start(libc, settingsOf(options, descriptor, wake), options);
      return new Marks(libc, options, descriptor, link);
    } catch (error) {
      closeSync(descriptor);
      if (wake >= 0) closeSync(wake);
      throw error;
    }
  }

  /** Descriptor of the fanotify group. */
  get descriptor(): number {
    return this.#group;
  }

  /** Marks the regular file at a printable path. Gives the reason when it cannot be watched. */
  addFile(path: string, id: number): string | undefined {
    return this.#add(path, id, 'file');
  }

  /** Marks the folder itself (not what is in it). Gives the reason when it cannot be watched. */
  addFolder(path: string, id: number): string | undefined {
    if (this.#options.mode === 'permission') return 'folders are only told of, never held';
    return this.#add(path, id, 'folder');
  }

  /** Takes the mark away wherever the file went; resolves when all events of before were told. */
  async remove(id: number): Promise<void> {
    const marked = this.#marked.get(id);
    if (marked === undefined || this.#link.over) return;
    this.#marked.delete(id);
    // Another id may have the same inode by now; then its mark stays.
    if (this.#idOfInode.get(marked.inodeId) === id) {
      this.#idOfInode.delete(marked.inodeId);
      this.#unmark(marked);
    }
    await this.#link.remove(id);
  }

  /** Permission mode: lets one that is held go on, or refuses it with EPERM. Too late is no error. */
  answer(held: number, verdict: Verdict): void {
    this.#link.send({ type: 'answer', held, verdict });
  }

  /** Permission mode: processes of these programs, and of no others, are not contained. */
  exempt(programs: readonly SparedProgram[]): void {
    this.#link.send({ type: 'exempt', programs });
  }

  /** Permission mode: this process is not contained any more. */
  spare(processId: number, startedAtNs: bigint): void {
    this.#link.send({ type: 'spare', processId, startedAtNs });
  }

  /** Tells what was seen, lets everybody go, and leaves nothing behind. */
  close(): Promise<void> {
    return this.#link.close();
  }

  #add(path: string, id: number, kind: 'file' | 'folder'): string | undefined {
    if (this.#link.over) return 'the group is closed';
    try {
      const bytes = fromPrintable(path);
      const inode = holdInode(bytes, kind);
      try {
        if (kind === 'file' && !inode.facts.isFile()) return 'it is no regular file';
        const handle = handleOf(this.#libc, inode);
        if (typeof handle === 'string' && this.#options.mode === 'notify') return markRefusal(handle);
        const known = typeof handle === 'string' ? { fileId: undefined, handle: undefined } : handle;
        const inodeId = inodeIdOf(inode.facts);
        const marked = { id, kind, path: bytes, inodeId, ...known, facts: fileFactsOf(inode.facts) };
        // First known, then marked: no event comes before the worker can name it.
        this.#link.send({ type: 'add', inode: marked });
        const change = { group: this.#group, action: 'add', mask: this.#maskOf(kind) } as const;
        const refused = changeMark(this.#libc, change, inode);
        if (refused !== undefined) {
          void this.#link.remove(id);
          return markRefusal(refused);
        }
        this.#marked.set(id, marked);
        this.#idOfInode.set(inodeId, id);
        return undefined;
      } finally {
        closeSync(inode.fd);
      }
    } catch (error) {
      return markRefusal((error as NodeJS.ErrnoException).code ?? 'unknown error');
    }
  }

  #unmark(marked: MarkedInode): void {
    const inode = findInode(this.#libc, marked);
    // Gone with its last name: so is its mark.
    if (inode === undefined) return;
    const mask = this.#maskOf(marked.kind);
    changeMark(this.#libc, { group: this.#group, action: 'remove', mask }, inode);
    closeSync(inode.fd);
  }

  #maskOf(kind: 'file' | 'folder'): number {
    const { mode, events = 'all' } = this.#options;
    if (kind === 'folder') return masks.folder;
    if (mode === 'permission') return masks.held;
    return events === 'all' ? masks.file : masks.fileUnheld;
  }
}

const noAccessTime = 0o100_0000;

function settingsOf(options: MarksOptions, descriptor: number, wake: number): WorkerSettings {
  return {
    mode: options.mode,
    group: descriptor,
    wake,
    daemonId: process.pid,
    probe: options.probe,
    settleMs: options.settleMs ?? 2,
    look: options.look ?? false,
    holdMs: options.holdMs ?? 20,
    late: options.late ?? 'allow',
    quietMs: options.quietMs ?? 1000,
    flushMs: options.flushMs ?? 200,
    contain: options.contain,
  };
}
