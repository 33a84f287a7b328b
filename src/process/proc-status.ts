/** Real user and group id of a process. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
}

/** Reads `/proc/PID/status`; undefined when the ids are not there. */
export function parseCredentials(content: Buffer): Credentials | undefined {
  const text = content.toString('latin1');
  // `Name:` stands first and is the process's own choice, but the kernel escapes line feeds in it
  // (fs/proc/array.c, proc_task_name), so that no line after it can be forged.
  const uid = /^Uid:\t(\d{1,10})\t/m.exec(text)?.[1];
  const gid = /^Gid:\t(\d{1,10})\t/m.exec(text)?.[1];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
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
