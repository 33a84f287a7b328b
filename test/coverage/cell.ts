import { readFileSync } from 'node:fs';
import { type TouchOp, touchOps } from '../../src/core/touch.js';
import type { AuditRecord } from '../e2e/phantomd.js';
import type { Column } from './columns.js';
import { copyName } from './proofs.js';
import type { Route } from './route.js';
import type { Taken } from './take-route.js';

/** What a sensor made of one route on one file system. Names of operations are in the order of `touchOps`. */
export interface Cell {
  /** Expected, told, and of the right process with its whole ancestry, as far as the sensor can. */
  readonly told?: readonly TouchOp[];
  /** Of those: a process that ended at once may be without its ancestry, or unknown. */
  readonly unheld?: readonly TouchOp[];
  /** Told, of the right process, but without its whole ancestry. */
  readonly treeless?: readonly TouchOp[];
  /** Told, but of no process at all. */
  readonly unnamed?: readonly TouchOp[];
  /** Told of another process only. */
  readonly misnamed?: readonly TouchOp[];
  /** Expected and not told; alternatives are joined by "or". */
  readonly missing?: readonly string[];
  /** Told beside what was expected. */
  readonly also?: readonly TouchOp[];
  /** A copy was told without its destination. */
  readonly noDestination?: true;
  /** The access did not happen: this kernel or file system refused it. */
  readonly impossible?: string;
}

/** How well a touch is attributed, best first. */
const namings = ['right', 'treeless', 'unnamed', 'misnamed'] as const;
type Naming = (typeof namings)[number];

/** Judges the records of one trap: what was told of a route, and how well. */
export function judge(
  records: readonly AuditRecord[],
  route: Route,
  taken: Taken,
  column: Pick<Column, 'namesNobody' | 'unheld'>,
): Cell {
  const opOf = (record: AuditRecord): TouchOp => record.phantom.touch.op;
  const allTold = new Set(records.map(opOf));
  const wanted = route.expects.map((one) => (typeof one === 'string' ? [one] : one));
  const ofWanted = new Set(wanted.flat());
  const unheld = (op: TouchOp) =>
    column.unheld !== undefined && (column.unheld.includes(op) || route.before === true);
  const best = (op: TouchOp): Naming | undefined => {
    const found = records.filter((record) => opOf(record) === op).map((record) => namingOf(record, taken));
    const naming = namings.find((one) => found.includes(one));
    if (naming === undefined) return undefined;
    return column.namesNobody || (unheld(op) && naming !== 'misnamed') ? 'right' : naming;
  };
  const those = (naming: Naming) => touchOps.filter((op) => best(op) === naming);
  const told = those('right').filter((op) => ofWanted.has(op));
  const copies = records.filter((record) => opOf(record) === 'copy');
  return {
    ...list('told', told),
    ...list('unheld', told.filter(unheld)),
    ...list('treeless', those('treeless')),
    ...list('unnamed', those('unnamed')),
    ...list('misnamed', those('misnamed')),
    ...list(
      'missing',
      wanted.filter((ops) => !ops.some((op) => allTold.has(op))).map((ops) => ops.join(' or ')),
    ),
    ...list(
      'also',
      those('right').filter((op) => !ofWanted.has(op)),
    ),
    ...(copies.length > 0 && !copies.some(tellsDestination) && { noDestination: true }),
  };
}

function list<Name extends string, One>(
  name: Name,
  items: readonly One[],
): { [Key in Name]?: readonly One[] } {
  return items.length === 0 ? {} : ({ [name]: items } as { [Key in Name]: readonly One[] });
}

function namingOf(record: AuditRecord, { pid, doers, holder }: Taken): Naming {
  if (record.process === undefined) return 'unnamed';
  const doer = holder ?? doers.get(record.phantom.touch.op) ?? pid;
  if (record.process.pid !== doer) return 'misnamed';
  const chain = record.phantom.actor.ancestry.map((ancestor: { pid: number }) => ancestor.pid);
  // Below a container engine only the end is known beforehand.
  if (holder !== undefined) return chain.at(-1) === 1 ? 'right' : 'treeless';
  const expected = doer === pid ? ownChain() : [pid, ...ownChain()];
  const same = chain.length === expected.length && expected.every((one, index) => one === chain[index]);
  return same ? 'right' : 'treeless';
}

/** Whether a record names a process that this one surely did not start: its whole ancestry is known. */
export function isStranger(record: AuditRecord, { pid, doers, holder }: Taken): boolean {
  // A child whose parent has ended hangs below PID 1 when it is looked at late.
  if ([pid, holder, ...doers.values()].includes(record.process?.pid)) return false;
  const chain = record.phantom.actor.ancestry.map((ancestor: { pid: number }) => ancestor.pid);
  return chain.at(-1) === 1 && !chain.includes(process.pid);
}

/** This process and its ancestors to PID 1. */
export function ownChain(): number[] {
  const chain = [process.pid];
  for (let pid = process.pid; pid > 1; ) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    chain.push(pid);
  }
  return chain.filter((pid) => pid > 0);
}

/** The arguments of the process name the destination too, and do not count. */
function tellsDestination({ phantom, file }: AuditRecord): boolean {
  return JSON.stringify([phantom.touch, file]).includes(copyName);
}
