import type { Actor, ProcessFacts } from './actor.js';

/**
 * The ancestors that are the same intruder at work: from the parent up, of the same user and of the
 * POSIX session of the actor, which its leader ends. A program that a shell started leads to the
 * shell; a service's worker to the service; neither to sshd, cron or systemd, which start sessions.
 */
export function ancestorsOfSession({ process, posixSession, ancestors }: Actor): readonly ProcessFacts[] {
  if (process === undefined || posixSession === undefined || process.pid === posixSession) return [];
  const leader = ancestors.findIndex(({ pid }) => pid === posixSession);
  if (leader === -1) return [];
  const within = ancestors.slice(0, leader + 1);
  const other = within.findIndex(({ pid, uid }) => pid <= 1 || uid !== process.uid);
  return other === -1 ? within : within.slice(0, other);
}
