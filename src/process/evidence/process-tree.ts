import type { Actor, ProcessFacts } from '../../core/actor.js';
import { cgroupPath } from '../cgroup-path.js';
import { inTime } from '../in-time.js';
import { maskedArguments } from '../masked-arguments.js';
import type { ProcReader } from '../proc-reader.js';
import { identityOf } from '../process-identity.js';
import { takeSnapshot } from '../process-snapshot.js';

const mostBytes = 4096;

/** Of a deep tree the nearest are read; the others are as the actor has them. */
const mostRead = 32;

/** The login that a process belongs to: kept through su and sudo where audit knows one. */
export interface Login {
  readonly auditSession?: number;
  readonly posixSession?: number;
}

/** What an ancestor was while its child stood still, and with it hardly could have ended. */
export interface SeizedAncestor extends ProcessFacts, Login {
  /** Whether it belongs to the actor's login; of one that does not, secrets in arguments are masked. */
  readonly ofLogin: boolean;
  readonly tty?: string;
  readonly loginUid?: number;
  readonly cgroup?: string;
}

/** Ancestors, parent first; those that are not read within the time are as `actor` names them. */
export function seizeTree(
  reader: ProcReader,
  actor: Actor,
  login: Login,
  withinMs: number,
): Promise<readonly SeizedAncestor[]> {
  return Promise.all(
    actor.ancestors.map(async (known, index) => {
      const found = index < mostRead ? await inTime(seizeAncestor(reader, known), withinMs) : undefined;
      const ancestor = found ?? known;
      const ofLogin = isOfLogin(found ?? {}, login);
      const { args } = ancestor;
      return { ...ancestor, ...(args && { args: ofLogin ? args : maskedArguments(args) }), ofLogin };
    }),
  );
}

function isOfLogin(one: Login, login: Login): boolean {
  if (login.auditSession !== undefined) return one.auditSession === login.auditSession;
  return one.posixSession !== undefined && one.posixSession === login.posixSession;
}

async function seizeAncestor(reader: ProcReader, known: ProcessFacts) {
  const identity = identityOf(known);
  const cgroup = cgroupPath(reader.contentNow(known.pid, 'cgroup', mostBytes)?.toString('latin1') ?? '');
  // Says also whether it was this process all the time.
  const snapshot = identity && (await takeSnapshot(reader, identity, mostBytes));
  if (snapshot === undefined) return undefined;
  const { facts, ...session } = snapshot;
  return { ...known, ...facts, ...session, ...(cgroup !== undefined && { cgroup }) };
}
