import type { Actor, ProcessFacts } from './actor.js';

/**
 * What two touches must share to be of one actor. A login is one actor however many programs it
 * runs: the audit session where the login set one, else the POSIX session, whose leader is known
 * with its start time while it lives. Without either it is the process itself.
 */
export function actorKey(actor: Actor): string {
  if (actor.auditSession !== undefined) return `audit:${actor.auditSession}:${actor.loginUid ?? ''}`;
  const { process } = actor;
  if (actor.posixSession !== undefined && actor.posixSession > 0) {
    const leader =
      actor.posixSessionStartedAtNs === undefined
        ? [process, ...actor.ancestors].find((one) => one?.pid === actor.posixSession)
        : { pid: actor.posixSession, startedAtNs: actor.posixSessionStartedAtNs };
    return `session:${actor.posixSession}:${leader === undefined ? '' : start(leader)}`;
  }
  return process === undefined ? 'unknown' : `process:${process.pid}:${start(process)}`;
}

/** Identity of one process: a pid alone is used again. */
export function processKey(process: ProcessFacts | undefined): string {
  return process === undefined ? 'unknown' : `${process.pid}:${start(process)}`;
}

/** /proc knows start times only to 10 ms; the kernel's are cut to that, so that both agree. */
function start(process: ProcessFacts): string {
  return process.startedAtNs === undefined ? '' : (process.startedAtNs / 10_000_000n).toString();
}
