import type { TrapVault } from './ports/trap-vault.js';
import type { Touch } from './touch.js';
import type { Trap } from './trap.js';

export interface EvidenceFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** What is kept of one touch: the trap's content as it was planted, and the facts of the actor. */
export async function evidenceOf(touch: Touch, trap: Trap, vault: TrapVault): Promise<EvidenceFile[]> {
  const facts = { trap, touch: { op: touch.op, atNs: touch.atNs }, actor: touch.actor };
  const files: EvidenceFile[] = [
    { name: `touches/${touch.atNs}-${trap.id}-${touch.op}.json`, content: toJson(facts) },
  ];
  const content = await vault.content(trap.id);
  if (content !== undefined) files.unshift({ name: `traps/${trap.id}`, content });
  return files;
}

function toJson(value: unknown): Uint8Array {
  // Times in ns exceed what a JSON number holds exactly.
  const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part), 2);
  return new TextEncoder().encode(`${text}\n`);
}
