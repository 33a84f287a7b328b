import { alphabets, randomText } from '../secrets.js';

/** A personal access token of GitLab. */
export function gitlabToken(): string {
  return `glpat-${ending()}`;
}

/** A deploy token of GitLab. */
export function gitlabDeployToken(): string {
  return `gldt-${ending()}`;
}

// Scanners take the token to end at a word's end, so the last character is none of the marks.
function ending(): string {
  return randomText(alphabets.url, 19) + randomText(alphabets.alphanumeric, 1);
}
