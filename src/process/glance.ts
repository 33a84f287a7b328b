import type { Actor, ProcessFacts } from '../core/actor.js';
import { keptAncestors } from './kept-ancestors.js';
import { mergedFacts } from './merged-facts.js';
import type { ProcReader } from './proc-reader.js';
import type { ProcStat } from './proc-stat.js';
import { identityOf } from './process-identity.js';
import { isSameFile } from './program-file.js';
import { Sitter } from './sitter.js';
import { terminalName } from './terminal-name.js';
import type { UserDatabase } from './user-database.js';

/** There may be 64 of them in a record. */
const mostBytesOfAncestor = 512;

/** The parent and those next to it are looked at on a busy machine too. */
const assuredPrograms = 4;

export interface GlanceSources {
  readonly reader: ProcReader;
  readonly users: UserDatabase;
}

/**
 * The process itself as /proc shows it at once, by synchronous reads of what the kernel has in its own
 * memory. What it holds in the process's memory, its arguments, is not among that.
 */
export function glanceAtProcess(actor: Actor, { reader, users }: GlanceSources): Actor {
  const known = actor.process;
  const identity = known && identityOf(known);
  const sitter = identity && Sitter.meet(reader, identity, actor.threadId);
  if (known === undefined) return actor;
  if (sitter === undefined) return { ...actor, process: named(known, users) };
  const { seat, stat } = sitter;
  const { threadId = known.pid } = actor;
  // Of another program than the kernel saw neither path nor arguments are the actor's.
  const isSeen = actor.executableFile === undefined || isSameFile(reader, seat, actor.executableFile);
  const executable = isSeen ? (known.executable ?? reader.executable(seat)) : undefined;
  const workingDirectory = known.workingDirectory ?? reader.workingDirectory(seat);
  const found: ProcessFacts = {
    pid: known.pid,
    name: stat.name,
    ...(known.uid === undefined || known.gid === undefined ? reader.credentials(seat) : undefined),
    ...(executable !== undefined && { executable }),
    ...(workingDirectory !== undefined && { workingDirectory }),
    // Arguments are compared by the second look: here they agree with themselves.
    ...(known.args !== undefined && { args: known.args }),
  };
  const login = loginOf(actor, stat, reader, seat);
  if (!sitter.isSame()) return { ...actor, process: named(known, users) };
  const merged = mergedFacts(
    known,
    sitter.runsSame() ? found : withoutProgram(found),
    threadId !== known.pid,
  );
  return { ...login, ...actor, process: named(merged, users) };
}

function withoutProgram({ executable, args, ...lasting }: ProcessFacts): ProcessFacts {
  return lasting;
}

function loginOf(actor: Actor, stat: ProcStat, reader: ProcReader, seat: Sitter['seat']): Partial<Actor> {
  const tty = terminalName(stat.ttyNumber);
  const loginUid = actor.loginUid ?? reader.loginUid(seat);
  const auditSession = actor.auditSession ?? reader.auditSession(seat);
  return {
    posixSession: stat.posixSession,
    ...(tty !== undefined && { tty }),
    ...(loginUid !== undefined && { loginUid }),
    ...(auditSession !== undefined && { auditSession }),
  };
}

/**
 * Ancestors with names of users, and with programs as far as the time reaches, the nearest first.
 * `until` is on the clock of `performance.now()`.
 */
export function glanceAtAncestors(
  chain: readonly ProcessFacts[],
  { reader, users }: GlanceSources,
  until: number,
): Pick<Actor, 'ancestors' | 'ancestorsOmitted'> {
  const kept = keptAncestors(chain);
  const ancestors = kept.ancestors.map((ancestor, index) =>
    named(
      index < assuredPrograms || performance.now() < until ? withProgram(ancestor, reader) : ancestor,
      users,
    ),
  );
  return { ...kept, ancestors };
}

function withProgram(known: ProcessFacts, reader: ProcReader): ProcessFacts {
  const identity = identityOf(known);
  if (identity === undefined || (known.executable !== undefined && known.uid !== undefined)) return known;
  const sitter = Sitter.meet(reader, identity);
  if (sitter === undefined) return known;
  const executable = reader.executable(known.pid, mostBytesOfAncestor);
  const found: ProcessFacts = {
    pid: known.pid,
    name: sitter.stat.name,
    ...(known.uid === undefined && reader.credentials(known.pid)),
    ...(executable !== undefined && { executable }),
    ...(known.args !== undefined && { args: known.args }),
  };
  return sitter.runsSame() ? mergedFacts(known, found) : known;
}

function named(facts: ProcessFacts, users: UserDatabase): ProcessFacts {
  if (facts.uid === undefined || facts.userName !== undefined) return facts;
  const userName = users.nameOf(facts.uid);
  return userName === undefined ? facts : { ...facts, userName };
}
