import { alphabets, randomText } from '../secrets.js';
import { base62Checksum } from './base62-checksum.js';

/** A granular access token of npm: the form that GitHub's classic tokens have. */
export function npmToken(): string {
  const body = randomText(alphabets.alphanumeric, 30);
  return `npm_${body}${base62Checksum(body)}`;
}
