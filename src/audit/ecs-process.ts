import type { Actor, ProcessFacts } from '../core/actor.js';
import { isoTime } from './iso-time.js';

/** ECS `process.*` of the process that touched, with its parent. */
export function ecsProcess(actor: Actor, bootedAtNs: bigint): object {
  const parent = actor.ancestors[0];
  return {
    ...(actor.process && processFields(actor.process, bootedAtNs)),
    // Of this process only: a record of a deep tree would hold all its arguments twice.
    ...(actor.process?.args && { command_line: actor.process.args.join(' ') }),
    ...(actor.threadId !== undefined && { thread: { id: actor.threadId } }),
    ...(actor.posixSession && { session_leader: { pid: actor.posixSession } }),
    ...(parent && { parent: processFields(parent, bootedAtNs) }),
  };
}

/** `phantom.actor.*`: the login and the ancestors, parent first. */
export function ecsActor(actor: Actor, bootedAtNs: bigint): object {
  return {
    certainty: actor.certainty,
    ...(actor.loginUid !== undefined && { loginuid: actor.loginUid }),
    ...(actor.auditSession !== undefined && { audit_session: actor.auditSession }),
    ...(actor.tty !== undefined && { tty: actor.tty }),
    ancestry: actor.ancestors.map((ancestor) => processFields(ancestor, bootedAtNs)),
    ...(actor.ancestorsOmitted !== undefined && { ancestry_omitted: actor.ancestorsOmitted }),
  };
}

function processFields(process: ProcessFacts, bootedAtNs: bigint): object {
  const { pid, startedAtNs, name, executable, args, workingDirectory, uid, gid, userName } = process;
  return {
    pid,
    ...(startedAtNs !== undefined && { start: isoTime(bootedAtNs + startedAtNs) }),
    ...(name !== undefined && { name }),
    ...(executable !== undefined && { executable }),
    ...(args !== undefined && { args, args_count: args.length }),
    ...(workingDirectory !== undefined && { working_directory: workingDirectory }),
    ...(uid !== undefined && { user: { id: String(uid), ...(userName && { name: userName }) } }),
    ...(gid !== undefined && { group: { id: String(gid) } }),
  };
}
