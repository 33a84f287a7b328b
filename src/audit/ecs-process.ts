import type { Actor, ProcessFacts } from '../core/actor.js';
import type { ActorDetails } from '../core/actor-details.js';
import type { SubjectFacts } from '../core/audit-event.js';
import { isoTime } from './iso-time.js';

/** ECS `process.*` of the process that touched, with its parent. */
export function ecsProcess(actor: Actor, bootedAtNs: bigint, details?: ActorDetails): object {
  const parent = actor.ancestors[0];
  return {
    ...(actor.process && processFields(actor.process, bootedAtNs)),
    // Of this process only: a record of a deep tree would hold all its arguments twice.
    ...(actor.process?.args && { command_line: actor.process.args.join(' ') }),
    ...threadFields(actor.threadId, details?.capabilities),
    ...(actor.posixSession && { session_leader: { pid: actor.posixSession } }),
    ...(details?.program?.sha256 && { hash: { sha256: details.program.sha256 } }),
    ...(details?.environment && { env_vars: details.environment.items }),
    ...(parent && { parent: processFields(parent, bootedAtNs) }),
  };
}

/** ECS `process.*` of a process that an event is about, with its parent. */
export function ecsSubject({ process, parent }: SubjectFacts, bootedAtNs: bigint): object {
  return {
    ...processFields(process, bootedAtNs),
    ...(process.args && { command_line: process.args.join(' ') }),
    ...(parent && { parent: processFields(parent, bootedAtNs) }),
  };
}

/** ECS `user.*`: the real user, and the effective one where it is another. */
export function ecsUser({ uid, userName, effectiveUid, effectiveGid }: ProcessFacts): object {
  const effective = {
    ...(effectiveUid !== undefined && { id: String(effectiveUid) }),
    ...(effectiveGid !== undefined && { group: { id: String(effectiveGid) } }),
  };
  return {
    ...(uid !== undefined && { id: String(uid), ...(userName && { name: userName }) }),
    ...(Object.keys(effective).length > 0 && { effective }),
  };
}

/** `phantom.actor.*`: the login, where the process lives, and the ancestors, parent first. */
export function ecsActor(actor: Actor, bootedAtNs: bigint): object {
  const { executableFile: file, cgroupId, cgroup, namespaces } = actor;
  return {
    certainty: actor.certainty,
    ...(actor.loginUid !== undefined && { loginuid: actor.loginUid }),
    ...(actor.auditSession !== undefined && { audit_session: actor.auditSession }),
    ...(actor.tty !== undefined && { tty: actor.tty }),
    // Texts: the numbers of 64 bits are beyond what JSON holds exactly.
    ...(cgroup !== undefined || cgroupId !== undefined
      ? {
          cgroup: {
            ...(cgroupId !== undefined && { id: String(cgroupId) }),
            ...(cgroup !== undefined && { path: cgroup }),
          },
        }
      : {}),
    ...(namespaces !== undefined && { namespaces }),
    ...(file !== undefined && {
      executable_file: { device: String(file.device), inode: String(file.inode) },
    }),
    ancestry: actor.ancestors.map((ancestor) => processFields(ancestor, bootedAtNs)),
    ...(actor.ancestorsOmitted !== undefined && { ancestry_omitted: actor.ancestorsOmitted }),
  };
}

function threadFields(threadId?: number, capabilities?: readonly string[]): object {
  if (threadId === undefined && capabilities === undefined) return {};
  return {
    thread: {
      ...(threadId !== undefined && { id: threadId }),
      ...(capabilities !== undefined && { capabilities: { effective: capabilities } }),
    },
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
