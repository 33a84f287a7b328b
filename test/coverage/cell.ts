import { readFileSync } from 'node:fs';
import { type TouchOp, touchOps } from '../../src/core/touch.js';
import type { AuditRecord } from '../e2e/phantomd.js';
import { copyName } from './proofs.js';
import type { Expectation } from './route.js';
import type { Taken } from './take-route.js';

/** What a sensor made of one route on one file system. Names of operations are in the order of `touchOps`. */
export interface Cell {
  /** Expected, told, and of the right process with its whole ancestry. */
  readonly told?: readonly TouchOp[];
  /** Told, but of another process, or with a wrong or incomplete ancestry. */
  readonly misnamed?: readonly TouchOp[];
  /** Told, but of no process at all. */
  readonly unnamed?: readonly TouchOp[];
  /** Expected and not told; alternatives are joined by "or". */
  readonly missing?: readonly string[];
  /** Told beside what was expected. */
  readonly also?: readonly TouchOp[];
  /** A copy was told without its destination. */
  readonly noDestination?: true;
  /** The access did not happen: this kernel or file system refused it. */
  readonly impossible?: string;
}

/** Judges the records of one trap. `namesNobody`: of this sensor no process is asked. */
export function judge(
  records: readonly AuditRecord[],
  expects: readonly Expectation[],
  taken: Taken,
  namesNobody: boolean,
): Cell {
  const allTold = new Set<TouchOp>(records.map(({ phantom }) => phantom.touch.op));
  const wanted = expects.map((one) => (typeof one === 'string' ? [one] : one));
  const rightly = new Set<TouchOp>(
    records
      .filter((record) => namesNobody || isRightly(record, taken))
      .map(({ phantom }) => phantom.touch.op),
  );
  // A stranger on this host may have touched the trap too: what counts is that the right one is named.
  const wrongly = new Set([...allTold].filter((op) => !rightly.has(op)));
  const named = new Set<TouchOp>(
    records.filter((record) => record.process).map(({ phantom }) => phantom.touch.op),
  );
  const ofWanted = new Set(wanted.flat());
  const copies = records.filter(({ phantom }) => phantom.touch.op === 'copy');
  return {
    ...list(
      'told',
      touchOps.filter((op) => allTold.has(op) && ofWanted.has(op) && !wrongly.has(op)),
    ),
    ...list(
      'misnamed',
      touchOps.filter((op) => wrongly.has(op) && named.has(op)),
    ),
    ...list(
      'unnamed',
      touchOps.filter((op) => wrongly.has(op) && !named.has(op)),
    ),
    ...list(
      'missing',
      wanted.filter((ops) => !ops.some((op) => allTold.has(op))).map((ops) => ops.join(' or ')),
    ),
    ...list(
      'also',
      touchOps.filter((op) => allTold.has(op) && !ofWanted.has(op) && !wrongly.has(op)),
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

function isRightly(record: AuditRecord, { pid, doers, holder }: Taken): boolean {
  const doer = holder ?? doers.get(record.phantom.touch.op) ?? pid;
  const chain = record.phantom.actor.ancestry.map((ancestor: { pid: number }) => ancestor.pid);
  if (record.process?.pid !== doer) return false;
  // Below a container engine only the end is known beforehand.
  if (holder !== undefined) return chain.at(-1) === 1;
  const expected = doer === pid ? ownChain() : [pid, ...ownChain()];
  return chain.length === expected.length && expected.every((one, index) => one === chain[index]);
}

/** Whether a record names a process that this one surely did not start: its whole ancestry is known. */
export function isStranger(record: AuditRecord, { holder }: Taken): boolean {
  const chain = record.phantom.actor.ancestry.map((ancestor: { pid: number }) => ancestor.pid);
  return chain.at(-1) === 1 && !chain.includes(process.pid) && record.process?.pid !== holder;
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
