import { printableText } from '../core/printable.js';

/** Checksums of an incident's files, in the format of `sha256sum -c`. */
export const manifestName = 'SHA256SUMS';

/** What did not fit into an incident's bounds, a line each. */
export const omittedName = 'OMITTED';

// No leading dot: neither `..` nor a name that could meet a temporary file's. NAME_MAX is 255.
const part = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/u;

/** Whether a folder of this name may be an incident's. */
export function isIncidentId(name: string): boolean {
  return part.test(name);
}

/** The name or the place is not one where evidence may be written; trying again does not help. */
export class EvidenceRefused extends Error {
  override readonly name = 'EvidenceRefused';
}

/**
 * Checks an incident id and returns it.
 * @throws EvidenceRefused
 */
export function checkedIncidentId(incidentId: string): string {
  if (!part.test(incidentId)) throw new EvidenceRefused(`not an incident id: ${printableText(incidentId)}`);
  return incidentId;
}

/**
 * Splits a relative name at its slashes.
 * @throws EvidenceRefused for an absolute name, `..`, other characters or the name of one of the lists
 */
export function nameParts(name: string): readonly [folders: readonly string[], file: string] {
  const parts = name.split('/');
  const file = parts.pop() ?? '';
  if (![...parts, file].every((one) => part.test(one)) || name === manifestName || name === omittedName)
    throw new EvidenceRefused(`not a name for evidence: ${printableText(name)}`);
  return [parts, file];
}
