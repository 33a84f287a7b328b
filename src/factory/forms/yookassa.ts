import { alphabets, randomText } from '../secrets.js';

/** A live secret key of YooKassa, with which Russian shops take payments: 48 characters. */
export function yookassaSecretKey(): string {
  return `live_${randomText(alphabets.url, 43)}`;
}
