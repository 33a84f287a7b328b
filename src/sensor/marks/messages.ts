import type { MarkEvent, Verdict } from './mark-event.js';
import type { FileFacts } from './mark-ops.js';

/** What is done to openers: stopped once, stopped each time, killed. */
export interface ContainSettings {
  readonly level: 'inspect' | 'freeze' | 'kill';
}

/** A program whose processes are not held when one of the conditions is met; an empty one always is. */
export interface SparedProgram {
  readonly device: bigint;
  readonly inode: bigint;
  readonly conditions: readonly { readonly uid: number | undefined; readonly unit: string | undefined }[];
}

/** How the worker serves one fanotify group. */
export interface WorkerSettings {
  readonly mode: 'notify' | 'permission';
  readonly group: number;
  /** An eventfd that says: look at your messages. */
  readonly wake: number;
  readonly daemonId: number;
  readonly probe: number | undefined;
  readonly settleMs: number;
  readonly look: boolean;
  readonly holdMs: number;
  readonly late: Verdict;
  readonly quietMs: number;
  readonly flushMs: number;
  readonly contain: ContainSettings | undefined;
}

/** Something marked, as the worker recognises it. */
export interface MarkedInode {
  readonly id: number;
  readonly kind: 'file' | 'folder';
  /** Bytes of the path. */
  readonly path: Uint8Array;
  readonly inodeId: string;
  /** Identity in events and `struct file_handle`; undefined where the file system has none. */
  readonly fileId: string | undefined;
  readonly handle: Uint8Array | undefined;
  readonly facts: FileFacts;
}

export type ToWorker =
  | { readonly type: 'add'; readonly inode: MarkedInode }
  | { readonly type: 'remove'; readonly id: number; readonly request: number }
  | { readonly type: 'answer'; readonly held: number; readonly verdict: Verdict }
  | { readonly type: 'exempt'; readonly programs: readonly SparedProgram[] }
  | { readonly type: 'spare'; readonly processId: number; readonly startedAtNs: bigint }
  | { readonly type: 'stop' };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'events'; readonly events: readonly MarkEvent[] }
  | { readonly type: 'removed'; readonly request: number }
  | { readonly type: 'overflowed' }
  | { readonly type: 'broken'; readonly reason: string };
