import type { TrailEvent } from '../trail.js';
import type { VisitAct } from './visit.js';

/** A command that a visitor had a shell run, as the rules for techniques take it. It is no process of this host. */
export function shellEvent({ text }: VisitAct, atNs: bigint): TrailEvent {
  const process = { pid: 0, name: 'bash', executable: '/usr/bin/bash', args: ['bash', '-c', text] };
  return { kind: 'exec', atNs, process, rootPid: 0, path: '/usr/bin/bash' };
}
