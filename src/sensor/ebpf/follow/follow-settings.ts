import type { TouchOp } from '../../../core/touch.js';
import { type TrailKind, trailKinds } from '../../../core/trail.js';
import { containerHierarchy, type GroupHierarchy, groupExpression } from './group-hierarchy.js';

/** How the actors of touches are followed. */
export interface FollowOptions {
  /** The rest of the actor's login session too. */
  readonly session: boolean;
  /** A process that did nothing for so long is followed no longer. */
  readonly idleSeconds: number;
  /** In which hierarchy a cgroup is looked for; the one that containers are in when absent. */
  readonly groupsOf?: GroupHierarchy;
}

/** So many events a second are told on each processor, of what can be made by the thousand; the rest is counted. */
const most = 200;
/** And so many of everything else apart. */
const plentiful: readonly TrailKind[] = ['open-write', 'unlink', 'rename', 'chmod', 'exit'];

/** The script remembers so many destinations of datagrams (a power of two), and tells of each again after so long. */
const sentPlaces = 4096;
const sentSeconds = 10;

/** Arguments come in pieces: bpftrace's BPFTRACE_STRLEN is 168, some versions give 4 bytes less. */
export const pieceBytes = 160;
export const argumentPieces = 4;

/** What the templates need to know about following. */
export function followSettings(
  options: FollowOptions,
  opensByFunction: boolean,
  opCode: (op: TouchOp) => number,
) {
  return {
    ...options,
    most,
    sentPlaces,
    sentSeconds,
    group: groupExpression(options.groupsOf ?? containerHierarchy()),
    pieceBytes,
    argumentPieces,
    plenty: plentiful.map(kindCode),
    kinds: Object.fromEntries(trailKinds.map((kind) => [kind, kindCode(kind)])),
    // Who was refused, or looked what is in a folder, touched no trap.
    never: [opCode('denied'), opCode('list')],
    // Kernel functions are asked about folders when they are read as well.
    maybeFolder: (opensByFunction ? (['open', 'read'] as const) : (['open'] as const)).map(opCode),
  };
}

/** Code of a kind in the script's lines; 0 is none. */
export function kindCode(kind: TrailKind): number {
  return trailKinds.indexOf(kind) + 1;
}

/** The kind with a code, or undefined. */
export function kindOfCode(code: number): TrailKind | undefined {
  return trailKinds[code - 1];
}
