import type { Diagnostics } from '../../../core/ports/diagnostics.js';
import { FollowedGroups } from './followed-groups.js';
import { FollowedRoots } from './followed-roots.js';

/** A script that can be told whom to follow. */
export interface Follower {
  follow(pid: number): void;
  followGroup(cgroupId: bigint, followed: boolean): void;
}

/** Whom the scripts follow, one after the other: each knows nobody when it starts. */
export class Followed {
  readonly #roots: FollowedRoots;
  readonly #groups = new FollowedGroups();
  readonly #script: () => Follower | undefined;
  readonly #diagnostics: Diagnostics;

  /** `idleSeconds`: who was silent for so long is not told to the next script. `script`: the one that runs. */
  constructor(idleSeconds: number, script: () => Follower | undefined, diagnostics: Diagnostics) {
    this.#roots = new FollowedRoots(idleSeconds);
    this.#script = script;
    this.#diagnostics = diagnostics;
  }

  /** Has one more process followed. */
  add(pid: number): void {
    this.#roots.add(pid);
    this.#script()?.follow(pid);
  }

  addGroup(cgroupId: bigint): void {
    if (this.#groups.add(cgroupId)) this.#script()?.followGroup(cgroupId, true);
    else this.#diagnostics.warn(`cgroup ${cgroupId} is not followed: it is the root, or one too many`);
  }

  removeGroup(cgroupId: bigint): void {
    if (this.#groups.remove(cgroupId)) this.#script()?.followGroup(cgroupId, false);
  }

  /** It touched a trap: the script follows it by itself. */
  touched(pid: number, startedAtNs?: bigint): void {
    this.#roots.add(pid, startedAtNs);
  }

  /** Something was told because of this one. */
  seen(rootPid: number): void {
    this.#roots.seen(rootPid);
  }

  /** A new script hears of everybody. */
  tell(script: Follower): void {
    for (const pid of this.#roots.alive()) script.follow(pid);
    for (const cgroupId of this.#groups.all) script.followGroup(cgroupId, true);
  }
}
