import { closeSync } from 'node:fs';
import { programAt } from './exempt-program.js';
import { ProgramFiles } from './program-file.js';

/** A program as a rule about it would find it now. */
export interface Candidate {
  /** Why a rule about it would be refused, or would rest. */
  readonly fault?: string;
  /** `DEVICE:INODE`, as the kernel names it. */
  readonly file?: string;
  readonly sha256?: string;
}

/** Judges programs for rules that are not written yet, by what the daemon will judge them. */
export async function judgeCandidate(path: string, wantsHash: boolean): Promise<Candidate> {
  const found = await programAt(path, new ProgramFiles(), wantsHash);
  if (found.state !== 'trusted') return { fault: found.reason };
  closeSync(found.descriptor);
  const { identity, sha256 } = found;
  return { file: `${identity.device}:${identity.inode}`, ...(sha256 !== undefined && { sha256 }) };
}
