import nunjucks from 'nunjucks';
import { type TouchOp, touchOps } from '../../core/touch.js';
import type { HookPlan } from './hook-plan.js';
import { forgetPrefix, probeSlot, registerPrefix } from './registration.js';

/** `PIDTYPE_SID` in include/linux/pid_types.h: index of the session in `signal_struct.pids`. */
const pidTypeSession = 3;

/** Deeper trees are completed from /proc. Each step costs the BPF verifier another pass of the loop. */
const maxAncestors = 40;

/** Code of an operation in the script's lines; 0 is none. */
export function opCode(op: TouchOp): number {
  return touchOps.indexOf(op) + 1;
}

/** The operation with a code, or undefined. */
export function opOfCode(code: number): TouchOp | undefined {
  return touchOps[code - 1];
}

/** Composes the script of one run from the pieces in `bpf/`. Its text holds the nonce: a secret. */
export function renderScript(bpfFolder: string, hooks: HookPlan, nonce: bigint): string {
  const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(bpfFolder), {
    autoescape: false,
    throwOnUndefined: true,
  });
  const ops = Object.fromEntries(touchOps.map((op) => [op, opCode(op)]));
  environment.addGlobal('pidTypeSession', pidTypeSession);
  environment.addGlobal('maxAncestors', maxAncestors);
  return environment.render('sensor.bt.njk', {
    hooks: { ...hooks, filemap: hooks.filemap.map(withCode), kprobe: hooks.kprobe.map(withCode) },
    ops,
    probeSlot,
    registerPrefix: registerPrefix(nonce).toString(),
    forgetPrefix: forgetPrefix(nonce).toString(),
  });
}

function withCode({ name, op }: { readonly name: string; readonly op: TouchOp }) {
  return { name, op: opCode(op) };
}
