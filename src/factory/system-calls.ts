import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';

const currentFolder = -100; // AT_FDCWD of openat(2)
const exchangeFlag = 2; // RENAME_EXCHANGE of renameat2(2)

interface Bound {
  renameat2(fromFolder: number, from: string, toFolder: number, to: string, flags: number): number;
  futimens(descriptor: number, times: BigInt64Array): number;
  syncfs: { async(descriptor: number, done: (error: unknown, result: number) => void): void };
  errno(): number;
}

let bound: Bound | undefined;

/**
 * Lets two names of one file system trade their files in one step.
 * @throws NodeJS.ErrnoException; `EINVAL` where the file system cannot
 */
export function exchangeNames(one: string, other: string): void {
  const calls = bind();
  if (calls.renameat2(currentFolder, one, currentFolder, other, exchangeFlag) === 0) return;
  const code = getSystemErrorName(-calls.errno());
  throw Object.assign(new Error(`${code}: exchange of names`), { code });
}

/**
 * Sets the times of an open file, in ns since the epoch. Node's own `utimes` takes whole microseconds, and
 * a file whose nanoseconds end in three zeros was not written by a program.
 * @throws NodeJS.ErrnoException
 */
export function setTimes(descriptor: number, accessedNs: bigint, modifiedNs: bigint): void {
  const calls = bind();
  const giga = 1_000_000_000n;
  const times = new BigInt64Array([
    accessedNs / giga,
    accessedNs % giga,
    modifiedNs / giga,
    modifiedNs % giga,
  ]);
  if (calls.futimens(descriptor, times) === 0) return;
  const code = getSystemErrorName(-calls.errno());
  throw Object.assign(new Error(`${code}: times of a file`), { code });
}

/**
 * Makes everything durable that was written to the file system of an open file, in one step for any number of
 * files. Since Linux 5.8 it tells of a write that failed (syncfs(2), "VERSIONS").
 * @throws NodeJS.ErrnoException, always `EIO`: the reason belongs to another thread
 */
export async function syncFileSystem(descriptor: number): Promise<void> {
  const result = await new Promise<number>((done, failed) =>
    bind().syncfs.async(descriptor, (error, result) => (error ? failed(error as Error) : done(result))),
  );
  if (result !== 0) throw Object.assign(new Error('EIO: sync of a file system'), { code: 'EIO' });
}

function bind(): Bound {
  if (bound !== undefined) return bound;
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  // The program itself, which has the C library loaded whatever its file is called.
  const library = koffi.load(null);
  bound = {
    renameat2: library.func('int renameat2(int, const char *, int, const char *, unsigned int)') as never,
    futimens: library.func('int futimens(int, const void *)') as never,
    syncfs: library.func('int syncfs(int)') as never,
    errno: () => koffi.errno(),
  };
  return bound;
}
