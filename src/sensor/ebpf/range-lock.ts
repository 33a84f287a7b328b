import koffi from 'koffi';
import { SensorUnavailable } from '../../core/ports/sensor.js';

/** `F_SETLK`, `F_RDLCK`, `F_UNLCK` of include/uapi/asm-generic/fcntl.h; the same on all 64-bit machines. */
const setLock = 6;
const readLock = 0;
export const unlockType = 2;

let fcntl: ((descriptor: number, command: number, type: string, lock: Buffer) => number) | undefined;

/**
 * Locks the bytes of an open file from `position` to `last` and unlocks them again: one byte when absent. Whether the lock was granted
 * does not matter: the kernel's tracepoint told of the attempt.
 * @throws SensorUnavailable when the C library cannot be called
 */
export function lockRange(descriptor: number, position: bigint, last = position): void {
  fcntl ??= loadFcntl();
  for (const type of [readLock, unlockType])
    fcntl(descriptor, setLock, 'void *', structFlock(type, position, last));
}

/** `struct flock`: two shorts, padding, two 64-bit offsets and a pid. */
function structFlock(type: number, position: bigint, last: bigint): Buffer {
  const lock = Buffer.alloc(32);
  lock.writeInt16LE(type, 0);
  lock.writeBigInt64LE(position, 8);
  lock.writeBigInt64LE(last - position + 1n, 16);
  return lock;
}

function loadFcntl(): NonNullable<typeof fcntl> {
  try {
    return koffi.load(null).func('int fcntl(int, int, ...)') as NonNullable<typeof fcntl>;
  } catch (error) {
    throw new SensorUnavailable(`the C library cannot be called: ${(error as Error).message}`);
  }
}
