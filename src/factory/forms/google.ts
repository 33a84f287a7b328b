import { alphabets, randomText } from '../secrets.js';

/** An API key of Google: 39 characters. */
export function googleApiKey(): string {
  return `AIza${randomText(alphabets.url, 34)}${randomText(alphabets.alphanumeric, 1)}`;
}

/** The number of a service account: 21 digits, which have begun with 1 ever since. */
export function googleClientId(): string {
  return `1${randomText('0123456789', 20)}`;
}

/** The id of a service account's key: a SHA-1 in hexadecimal. */
export function googleKeyId(): string {
  return randomText(alphabets.hexadecimal, 40);
}
