import type { Registrar } from '../registration.js';

/** Ids of version 1 and 2 begin there: every process of a host may be in it. */
const rootGroup = 1n;
const most = 1024;

/** Cgroups whose processes are followed, for as long as it is wanted and across runs of the script. */
export class FollowedGroups {
  readonly #wanted = new Set<bigint>();

  /** False when it is none that can be followed: the root, or one of too many. */
  add(cgroupId: bigint): boolean {
    if (cgroupId <= rootGroup || cgroupId >= 1n << 64n) return false;
    if (this.#wanted.size >= most && !this.#wanted.has(cgroupId)) return false;
    this.#wanted.add(cgroupId);
    return true;
  }

  /** False when it was not followed. */
  remove(cgroupId: bigint): boolean {
    return this.#wanted.delete(cgroupId);
  }

  get all(): readonly bigint[] {
    return [...this.#wanted];
  }
}

/** What the script of one run is told of cgroups, until it says that it knows. */
export class GroupRegistrations {
  readonly #registrar: Pick<Registrar, 'followGroup'>;
  readonly #waiting = new Map<bigint, boolean>();

  constructor(registrar: Pick<Registrar, 'followGroup'>) {
    this.#registrar = registrar;
  }

  want(cgroupId: bigint, followed: boolean): void {
    this.#waiting.set(cgroupId, followed);
  }

  get isComplete(): boolean {
    return this.#waiting.size === 0;
  }

  /** Tells what is not acknowledged yet; the kernel may have left the hook out that time. */
  tell(carrier: number): void {
    for (const [cgroupId, followed] of this.#waiting)
      this.#registrar.followGroup(carrier, cgroupId, followed);
  }

  acknowledged(cgroupId: bigint, followed: boolean): void {
    if (this.#waiting.get(cgroupId) === followed) this.#waiting.delete(cgroupId);
  }
}
