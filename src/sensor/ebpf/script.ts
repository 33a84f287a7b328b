import nunjucks from 'nunjucks';
import { type TouchOp, touchOps } from '../../core/touch.js';
import { type FollowOptions, followSettings } from './follow/follow-settings.js';
import { type HoldPlan, noHold } from './hold-plan.js';
import type { HookPlan } from './hook-plan.js';
import { possibleProcessors } from './processors.js';
import { unlockType } from './range-lock.js';
import { prefixes, probeSlot } from './registration.js';

/** `PIDTYPE_SID` in include/linux/pid_types.h: index of the session in `signal_struct.pids`. */
const pidTypeSession = 3;

/** Deeper trees are completed from /proc. Each step costs the BPF verifier another pass of the loop. */
const maxAncestors = 40;

/** So many processes of one session a second are told wholly of an access to one trap. */
const crowd = 50;

/** The script remembers so many accesses that it told of, each for so long: then it tells of them anew. */
const toldPlaces = 8192;
const toldSeconds = 10;

/** So many processes can be let go by the daemon until the first are forgotten; a power of two. */
const sparedPlaces = 4096;

/** Code of an operation in the script's lines; 0 is none. */
export function opCode(op: TouchOp): number {
  return touchOps.indexOf(op) + 1;
}

/** The operation with a code, or undefined. */
export function opOfCode(code: number): TouchOp | undefined {
  return touchOps[code - 1];
}

/** What the script does beyond telling of touches. */
export interface ScriptOptions {
  readonly hold?: HoldPlan;
  readonly follow?: FollowOptions | undefined;
}

/** Composes the script of one run from the pieces in `bpf/`. Its text holds the nonce: a secret. */
export function renderScript(
  bpfFolder: string,
  hooks: HookPlan,
  nonce: bigint,
  { hold = noHold, follow }: ScriptOptions = {},
): string {
  const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(bpfFolder), {
    autoescape: false,
    throwOnUndefined: true,
  });
  const ops = Object.fromEntries(touchOps.map((op) => [op, opCode(op)]));
  // Macros of an imported template see globals only.
  const globals = {
    hooks: { follow: hooks.follow },
    pidTypeSession,
    maxAncestors,
    crowd,
    probeSlot,
    unlockType,
    processors: possibleProcessors(),
    toldPlaces,
    toldSeconds,
    sparedPlaces,
    containment: hold,
    follow: hooks.follow.possible && follow ? followSettings(follow, hooks.kprobe.length > 0, opCode) : false,
  };
  for (const [name, value] of Object.entries(globals)) environment.addGlobal(name, value);
  return environment.render('sensor.bt.njk', {
    hooks: { ...hooks, filemap: hooks.filemap.map(withCode), kprobe: hooks.kprobe.map(withCode) },
    ops,
    prefixes: Object.fromEntries(Object.entries(prefixes(nonce)).map(([kind, value]) => [kind, `${value}`])),
  });
}

function withCode({ name, op }: { readonly name: string; readonly op: TouchOp }) {
  return { name, op: opCode(op), isOpen: op === 'open' };
}
