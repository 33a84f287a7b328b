/** Planting there would be unsafe; the message names the place and what to do about it, in one line. */
export class PlantingRefused extends Error {
  override readonly name = 'PlantingRefused';
}

/** The system refused an operation on `path`; nothing half done was left. The message is one line. */
export class PlantingFailed extends Error {
  override readonly name = 'PlantingFailed';

  constructor(
    message: string,
    /** The system's error code, such as `ENOSPC`. */
    readonly code: string,
    readonly path: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** The registry cannot be understood. It is never replaced: it is the only record of what is planted. */
export class RegistryCorrupt extends Error {
  override readonly name = 'RegistryCorrupt';
}

const advice: Readonly<Record<string, string>> = {
  EROFS: 'is on a read-only file system; remount it or choose another folder',
  EACCES: 'may not be written by this user; run as root or change its permissions',
  EPERM: 'refuses changes (immutable, or no hard links on this file system); see lsattr and mount',
  ENOSPC: 'is on a file system without free space; make room and plant again',
  EDQUOT: 'is over its disk quota; make room and plant again',
  ENOTDIR: 'has a parent that is not a folder; move that file away',
  EISDIR: 'is a folder where a file was expected; move it away',
  ENOTEMPTY: 'is not empty',
  ENAMETOOLONG: 'is too long for this file system; choose a shorter folder',
};

/** The system's error code, `UNKNOWN` for anything else that was thrown. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

/** A system error on `path` as a `PlantingFailed`; errors that are not the system's pass unchanged. */
export function explained(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === 'UNKNOWN' || error instanceof PlantingFailed) return error;
  return new PlantingFailed(`${path} ${advice[code] ?? `cannot be used (${code})`}`, code, path, error);
}

/** Runs `action`, turning a system error into a `PlantingFailed` about `path`. */
export async function explaining<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw explained(error, path);
  }
}

/** Runs `action`; one system error code counts as the answer undefined. */
export async function unless<Result>(
  code: string,
  action: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await action();
  } catch (error) {
    if (codeOf(error) === code) return undefined;
    throw error;
  }
}

/** The message of an error, for a report. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
