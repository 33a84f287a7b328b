import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { fromPrintable } from '../../core/printable.js';

/**
 * A trap is registered by `pread(fd, buffer, 1, position)` with a position that only the daemon and
 * its script know; the read itself is far behind the end of any file and returns nothing.
 * Bits: 62 marker, 61 forget, 24..60 nonce, 0..23 slot.
 */
const slotBits = 24n;
const nonceBits = 37n;
const marker = 1n << 62n;
const forget = 1n << 61n;

/** Slot of the daemon's own probe file; the only one whose touches by the daemon are reported. */
export const probeSlot = 1;
/** First slot of a trap. */
export const firstTrapSlot = 2;
export const maxSlot = 2 ** Number(slotBits) - 1;

/** Unpredictable number that makes registrations of one run unforgeable. */
export function newNonce(): bigint {
  return BigInt(`0x${randomBytes(8).toString('hex')}`) & ((1n << nonceBits) - 1n);
}

/** Position without its slot bits, as the script compares it. */
export function registerPrefix(nonce: bigint): bigint {
  return (marker | (nonce << slotBits)) >> slotBits;
}

export function forgetPrefix(nonce: bigint): bigint {
  return (marker | forget | (nonce << slotBits)) >> slotBits;
}

/**
 * Registers the file behind a printable path under `slot`. Synchronous, about 10 µs.
 * @throws NodeJS.ErrnoException when the file cannot be opened, or is a symlink
 */
export function registerFile(path: string, slot: number, nonce: bigint): void {
  const name = Buffer.from(fromPrintable(path));
  const descriptor = openSync(
    name,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NOATIME | constants.O_NONBLOCK,
  );
  try {
    readSync(descriptor, Buffer.alloc(1), 0, 1, (registerPrefix(nonce) << slotBits) | BigInt(slot));
  } finally {
    closeSync(descriptor);
  }
}
