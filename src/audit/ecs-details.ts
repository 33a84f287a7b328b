import type { ActorDetails, Listed, OpenSocket } from '../core/actor-details.js';

/** ECS fields outside `process.*` of what was found out of an actor. */
export function ecsDetails(details: ActorDetails): object {
  const { container, login, program } = details;
  return {
    ...(container && {
      container: { id: container.id, ...(container.runtime && { runtime: container.runtime }) },
    }),
    // Only what the ssh server's own connection tells: `SSH_CONNECTION` is the process's to set.
    ...(login && { source: { address: login.ip, ip: login.ip, port: login.port } }),
    ...((login || program?.sha256) && {
      related: {
        ...(login && { ip: [login.ip] }),
        ...(program?.sha256 && { hash: [program.sha256] }),
      },
    }),
  };
}

/** `phantom.actor.*` of what was found out of an actor, beside what a touch's record has too. */
export function actorDetails(details: ActorDetails): object {
  const { environment, files, sockets, login, claimedLogin, foreignNamespaces } = details;
  return {
    state: details.state,
    ...(details.laterExecutable !== undefined && { later_executable: details.laterExecutable }),
    ...(details.program && { program: programFields(details.program) }),
    ...(details.root !== undefined && { root: details.root }),
    ...(details.namespacePid !== undefined && { namespace_pid: details.namespacePid }),
    ...(foreignNamespaces && { foreign_namespaces: foreignNamespaces }),
    ...(details.seccomp && { seccomp: details.seccomp }),
    ...(details.noNewPrivileges !== undefined && { no_new_privileges: details.noNewPrivileges }),
    ...systemdFields(details),
    ...(environment && environment.omitted > 0 && { env_vars_omitted: environment.omitted }),
    ...(files && listed('files', files)),
    ...(sockets && listed('sockets', { items: sockets.items.map(socketFields), omitted: sockets.omitted })),
    ...(login && { login: { ip: login.ip, port: login.port, sshd_pid: login.sshdPid } }),
    ...(claimedLogin && { claimed_login: { ip: claimedLogin.ip, port: claimedLogin.port } }),
  };
}

function programFields({ device, inode, size, notHashed }: NonNullable<ActorDetails['program']>): object {
  const file = { device: String(device), inode: String(inode), size };
  return notHashed === undefined ? file : { ...file, not_hashed: notHashed };
}

function systemdFields({ systemdUnit, systemdUserUnit, systemdSlice }: ActorDetails): object {
  const systemd = {
    ...(systemdUnit !== undefined && { unit: systemdUnit }),
    ...(systemdUserUnit !== undefined && { user_unit: systemdUserUnit }),
    ...(systemdSlice !== undefined && { slice: systemdSlice }),
  };
  return Object.keys(systemd).length > 0 ? { systemd } : {};
}

function listed(name: string, { items, omitted }: Listed<object>): object {
  return { [name]: items, ...(omitted > 0 && { [`${name}_omitted`]: omitted }) };
}

function socketFields({ descriptor, protocol, local, remote, state, path }: OpenSocket): object {
  return {
    descriptor,
    protocol,
    ...(local && { local }),
    ...(remote && { remote }),
    ...(state !== undefined && { state }),
    ...(path !== undefined && { path }),
  };
}
