import { randomInt } from 'node:crypto';
import { alphabets, randomText } from '../secrets.js';

/** A client secret of an Azure application: 40 characters with `Q~` behind the fourth, as scanners know them since 2021. */
export function azureClientSecret(): string {
  const { alphanumeric } = alphabets;
  return `${randomText(alphanumeric, 3)}${randomInt(7, 9)}Q~${randomText(`${alphanumeric}_.~-`, 33)}${randomText(alphanumeric, 1)}`;
}
