/** Ids of a process; the effective ones where they differ from the real. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly effectiveUid?: number;
  readonly effectiveGid?: number;
}

/** What else `/proc/PID/status` tells (proc_pid_status(5)). */
export interface ProcStatus {
  /** Effective capabilities, a bit each. */
  readonly capabilities?: bigint;
  /** 0 disabled, 1 strict, 2 filter. */
  readonly seccomp?: number;
  readonly noNewPrivileges?: boolean;
  /** Pid in its own namespace; that of /proc where there is no other. */
  readonly namespacePid?: number;
  /** Real, effective, saved and file system user id are all 0. */
  readonly root: boolean;
}

// `Name:` stands first and is the process's own choice, but the kernel escapes line feeds in it
// (fs/proc/array.c, proc_task_name), so that no line after it can be forged.
function line(content: Buffer, name: string): string | undefined {
  return new RegExp(`^${name}:\t(.*)$`, 'm').exec(content.toString('latin1'))?.[1];
}

/** Reads `/proc/PID/status`; undefined when the ids are not there. */
export function parseCredentials(content: Buffer): Credentials | undefined {
  const text = content.toString('latin1');
  const [, uid, effectiveUid] = /^Uid:\t(\d{1,10})\t(\d{1,10})?/m.exec(text) ?? [];
  const [, gid, effectiveGid] = /^Gid:\t(\d{1,10})\t(\d{1,10})?/m.exec(text) ?? [];
  if (uid === undefined || gid === undefined) return undefined;
  return {
    uid: Number(uid),
    gid: Number(gid),
    ...(effectiveUid !== undefined && effectiveUid !== uid && { effectiveUid: Number(effectiveUid) }),
    ...(effectiveGid !== undefined && effectiveGid !== gid && { effectiveGid: Number(effectiveGid) }),
  };
}

/** Reads the rest of `/proc/PID/status`. */
export function parseStatus(content: Buffer): ProcStatus {
  const capabilities = line(content, 'CapEff');
  const seccomp = line(content, 'Seccomp');
  const noNewPrivileges = line(content, 'NoNewPrivs');
  const namespacePid = line(content, 'NSpid')?.split('\t').at(-1) ?? '';
  return {
    ...(/^[0-9a-f]{1,16}$/.test(capabilities ?? '') && { capabilities: BigInt(`0x${capabilities}`) }),
    ...(/^[012]$/.test(seccomp ?? '') && { seccomp: Number(seccomp) }),
    ...(/^[01]$/.test(noNewPrivileges ?? '') && { noNewPrivileges: noNewPrivileges === '1' }),
    ...(/^\d{1,10}$/.test(namespacePid) && { namespacePid: Number(namespacePid) }),
    root: line(content, 'Uid') === '0\t0\t0\t0',
  };
}

/** 4294967295 is the kernel's "never set" (linux/audit.h, AUDIT_UID_UNSET, AUDIT_SID_UNSET). */
const unset = 4_294_967_295;

/** Reads `/proc/PID/loginuid` or `/proc/PID/sessionid`; undefined when it was never set. */
export function parseAuditId(content: Buffer): number | undefined {
  const text = content.toString('latin1').trim();
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id >= unset ? undefined : id;
}
