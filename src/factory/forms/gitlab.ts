import { alphabets, randomText } from '../secrets.js';

/** A personal access token of GitLab. */
export function gitlabToken(): string {
  // Scanners take the token to end at a word's end, so the last character is none of the marks.
  return `glpat-${randomText(alphabets.url, 19)}${randomText(alphabets.alphanumeric, 1)}`;
}
