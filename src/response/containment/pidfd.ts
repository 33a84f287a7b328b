import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';

// pidfd_send_signal(2), pidfd_open(2): the same numbers on every architecture that Node runs on.
const pidfdSendSignalCall = 424;
const pidfdOpenCall = 434;

type SystemCall = (number: number, one: number, two: number, three: number, four: number) => number;

let systemCall: SystemCall | undefined;

/** A process, pinned: its number is nobody else's as long as this is open. */
export class Pidfd {
  readonly #descriptor: number;
  readonly #call: SystemCall;

  private constructor(descriptor: number, call: SystemCall) {
    this.#descriptor = descriptor;
    this.#call = call;
  }

  /**
   * Undefined when there is no such process.
   * @throws Error where the C library cannot be called or no descriptor is left
   */
  static open(pid: number): Pidfd | undefined {
    const call = boundSystemCall();
    const descriptor = call(pidfdOpenCall, pid, 0, 0, 0);
    if (descriptor >= 0) return new Pidfd(descriptor, call);
    try {
      process.kill(pid, 0);
    } catch {
      return undefined;
    }
    throw new Error(`process ${pid} cannot be pinned`);
  }

  /** False when the process has ended. */
  send(signal: number): boolean {
    return this.#call(pidfdSendSignalCall, this.#descriptor, signal, 0, 0) === 0;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** @throws Error where koffi has no binary for this host */
function boundSystemCall(): SystemCall {
  if (systemCall === undefined) {
    // At its first use and at once: who is to be stopped must not wait for a module to load.
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    // The program itself, which has the C library loaded whatever its file is called. Integers of a
    // variadic function are passed like those of any other.
    systemCall = koffi
      .load(null)
      .func('long syscall(long number, long one, long two, long three, long four)');
  }
  return systemCall as SystemCall;
}
