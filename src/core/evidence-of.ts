import type { ActorDetails } from './actor-details.js';
import type { AuditEvent } from './audit-event.js';
import type { EvidenceContent } from './ports/evidence-store.js';
import type { TrapVault } from './ports/trap-vault.js';
import type { Touch } from './touch.js';
import type { Trap } from './trap.js';

export interface EvidenceFile {
  readonly name: string;
  readonly content: EvidenceContent;
}

/** What an intruder got: the trap's content as it was planted, where it is known. */
export async function evidenceOfTrap(trap: Trap, vault: TrapVault): Promise<EvidenceFile | undefined> {
  const content = await vault.content(trap.id);
  return content === undefined ? undefined : { name: `traps/${trap.id}`, content };
}

/** The facts of one touch and its actor, with the details where its process was described for it. */
export function evidenceOfTouch(touch: Touch, trap: Trap, details?: ActorDetails): EvidenceFile {
  const { trapId, actor, ...access } = touch;
  const facts = { trap, touch: access, actor, ...(details !== undefined && { details }) };
  return { name: `touches/${touch.atNs}-${trap.id}-${touch.op}.json`, content: toJson(facts) };
}

/** The record of evidence that was removed to make room; `path` is where it was. */
export function evidenceRemoved(incidentId: string, bytes: number, path: string, atNs: bigint): AuditEvent {
  const message = `evidence of incident ${incidentId} was removed to make room: ${bytes} bytes`;
  return { action: 'evidence-removed', atNs, message, path };
}

/** The record of a recording that a killed daemon had left open; `path` is where it is. */
export function recordingCompleted(incidentId: string, path: string, atNs: bigint): AuditEvent {
  const message = `a recording of incident ${incidentId} that was cut off by the end of the daemon is closed`;
  return { action: 'recording-completed', atNs, message, path };
}

/** A value as a file of evidence: indented JSON, with integers that JSON cannot hold as text. */
export function toJson(value: unknown): Uint8Array {
  // Times in ns exceed what a JSON number holds exactly.
  const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part), 2);
  return new TextEncoder().encode(`${text}\n`);
}
