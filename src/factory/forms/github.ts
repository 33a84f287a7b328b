import { alphabets, randomText } from '../secrets.js';
import { base62Checksum } from './base62-checksum.js';

/** A classic personal access token of GitHub. */
export function githubToken(): string {
  const body = randomText(alphabets.alphanumeric, 30);
  return `ghp_${body}${base62Checksum(body)}`;
}

/**
 * A fine-grained personal access token of GitHub: `11`, its owner in base32, a zero, the token's id,
 * and after the underscore 53 characters with their checksum.
 */
export function githubFineGrainedToken(): string {
  const owner = `A${randomText(alphabets.base32, 6)}`;
  const id = randomText(alphabets.alphanumeric, 12);
  const body = randomText(alphabets.alphanumeric, 53);
  // The checksum is of the last part alone, as Datadog's Sensitive Data Scanner verifies it.
  return `github_pat_11${owner}0${id}_${body}${base62Checksum(body)}`;
}
