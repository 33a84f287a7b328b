import type { Actor, ProcessFacts } from '../core/actor.js';
import { kernelProgramOf } from './exempt-file.js';
import { keptAncestors } from './kept-ancestors.js';
import { mergedFacts } from './merged-facts.js';
import type { ProcReader } from './proc-reader.js';
import type { ProcStat } from './proc-stat.js';
import { identityOf } from './process-identity.js';
import { isSameFile } from './program-file.js';
import type { RecentCache } from './recent-cache.js';
import { Sitter } from './sitter.js';
import { terminalName } from './terminal-name.js';

/** There may be 64 of them in a record. */
const mostBytesOfAncestor = 512;

/** The parent and those next to it; the programs of the others are for the second look. */
const assuredPrograms = 4;

type UserNames = ReadonlyMap<number, string>;

export interface GlanceSources {
  readonly reader: ProcReader;
  readonly names: UserNames;
}

/** What /proc shows of a process at one moment. */
export interface Glimpse {
  readonly name: string;
  readonly credentials: { readonly uid: number; readonly gid: number } | undefined;
  readonly executable: string | undefined;
  readonly workingDirectory: string | undefined;
  readonly program: Actor['executableFile'];
  readonly login: Partial<Actor>;
  /** Whether it was the same process, and of the same program, when all of it was read. */
  readonly still: ReturnType<Sitter['look']>;
}

export type RecentGlimpses = RecentCache<Glimpse | undefined>;

/**
 * For how long the next touch of the same program in the same process is not looked at again, in ms: a read
 * follows its open within microseconds, and this look is the longest step to a record that can be spared.
 */
export const glimpseAgeMs = 5;

/**
 * The process itself as /proc shows it at once, by synchronous reads of what the kernel has in its own
 * memory. What it holds in the process's memory, its arguments, is not among that.
 */
export function glanceAtProcess(
  actor: Actor,
  { reader, names }: GlanceSources,
  recent: RecentGlimpses,
): Actor {
  const known = actor.process;
  if (known === undefined) return actor;
  const seen = glimpse(actor, known, reader, recent);
  if (seen === undefined || seen.still === 'another') return { ...actor, process: named(known, names) };
  const { threadId = known.pid } = actor;
  const { executable, workingDirectory } = seen;
  const found: ProcessFacts = {
    pid: known.pid,
    name: seen.name,
    ...seen.credentials,
    ...(executable !== undefined && { executable }),
    ...(workingDirectory !== undefined && { workingDirectory }),
    // Arguments are compared by the second look: here they agree with themselves.
    ...(known.args !== undefined && { args: known.args }),
  };
  const isSame = seen.still === 'same';
  const merged = mergedFacts(known, isSame ? found : withoutProgram(found), threadId !== known.pid);
  return {
    ...seen.login,
    ...actor,
    ...executableFacts(isSame ? seen.program : actor.executableFile),
    process: named(merged, names),
  };
}

/** All that the sensor told: only where that is the same, program included, is an earlier look as good. */
function glimpseKey({ process, threadId, ...told }: Actor): string | undefined {
  const { device, inode } = told.executableFile ?? {};
  // Where the kernel did not tell the program, the process may run another by now.
  if (process?.startedAtNs === undefined || inode === undefined) return undefined;
  const { pid, startedAtNs, uid, gid, executable, workingDirectory } = process;
  const { loginUid, auditSession } = told;
  return JSON.stringify([
    pid,
    String(startedAtNs),
    threadId,
    String(device),
    String(inode),
    uid,
    gid,
    executable,
    workingDirectory,
    loginUid,
    auditSession,
  ]);
}

function glimpse(actor: Actor, known: ProcessFacts, reader: ProcReader, recent: RecentGlimpses) {
  const key = glimpseKey(actor);
  const read = () => glimpseOf(actor, known, reader);
  return key === undefined ? read() : recent.get(key, read);
}

function glimpseOf(actor: Actor, known: ProcessFacts, reader: ProcReader): Glimpse | undefined {
  const identity = identityOf(known);
  const sitter = identity && Sitter.meet(reader, identity, actor.threadId);
  if (sitter === undefined) return undefined;
  const { seat, stat } = sitter;
  // Of another program than the kernel saw neither path nor arguments are the actor's.
  const isSeen = actor.executableFile === undefined || isSameFile(reader, seat, actor.executableFile);
  return {
    name: stat.name,
    executable: isSeen ? (known.executable ?? reader.executable(seat)) : undefined,
    workingDirectory: known.workingDirectory ?? reader.workingDirectory(seat),
    credentials: missingCredentials(known, reader, seat),
    // Of whom a sensor holds while this looks (fanotify) it is the program that touched.
    program: actor.executableFile ?? kernelProgramOf(reader, seat),
    login: loginOf(actor, stat, reader, seat),
    still: sitter.look(),
  };
}

function missingCredentials({ uid, gid }: ProcessFacts, reader: ProcReader, seat: Sitter['seat']) {
  return uid === undefined || gid === undefined ? reader.credentials(seat) : undefined;
}

function executableFacts(executableFile: Actor['executableFile']): Pick<Actor, 'executableFile'> {
  return executableFile === undefined ? {} : { executableFile };
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

/** What a glance adds to an ancestor. */
export type AncestorFacts = Pick<ProcessFacts, 'uid' | 'gid' | 'executable'>;

/**
 * Ancestors with names of users, and with programs as far as the time reaches, the nearest first.
 * `until` is on the clock of `performance.now()`.
 */
export function glanceAtAncestors(
  chain: readonly ProcessFacts[],
  { reader, names }: GlanceSources,
  recent: RecentCache<AncestorFacts>,
  until: number,
): Pick<Actor, 'ancestors' | 'ancestorsOmitted'> {
  const kept = keptAncestors(chain);
  const ancestors = kept.ancestors.map((known, index) => {
    const wanted = index < assuredPrograms || (known.uid === undefined && performance.now() < until);
    const { pid, startedAtNs, name = '' } = known;
    // The name is part of the key because execve(2) makes another program of the same process.
    const look = () => recent.get(`${pid} ${startedAtNs} ${name}`, () => ancestorFacts(known, reader));
    return named(wanted ? { ...look(), ...known } : known, names);
  });
  return { ...kept, ancestors };
}

function ancestorFacts(known: ProcessFacts, reader: ProcReader): AncestorFacts {
  const identity = identityOf(known);
  const sitter = identity && Sitter.meet(reader, identity);
  if (sitter === undefined) return {};
  const credentials = known.uid === undefined ? reader.credentials(known.pid) : undefined;
  const executable = reader.executable(known.pid, mostBytesOfAncestor);
  if (!sitter.runsSame()) return {};
  const isSeen = known.name === undefined || known.name === sitter.stat.name;
  return { ...credentials, ...(isSeen && executable !== undefined && { executable }) };
}

function named(facts: ProcessFacts, names: UserNames): ProcessFacts {
  if (facts.uid === undefined || facts.userName !== undefined) return facts;
  const userName = names.get(facts.uid);
  return userName === undefined ? facts : { ...facts, userName };
}
