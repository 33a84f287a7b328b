import { createHmac, randomInt } from 'node:crypto';
import { alphabets, randomText } from '../secrets.js';

/**
 * An AWS access key id: `AKIA` and 16 characters of base32, which hold the account from the second bit of
 * their first 48 bits on (as `aws sts get-access-key-info` tells it of any id).
 */
export function awsAccessKeyId(accountId: string): string {
  return `AKIA${inAccount(accountId)}`;
}

/** The unique id of a user, `AIDA` and 17 characters, of which the first are those of the account's key ids. */
export function awsUserId(accountId: string): string {
  return `AIDA${inAccount(accountId)}${randomText(alphabets.base32, 1)}`;
}

function inAccount(accountId: string): string {
  const account = BigInt(accountId) << 7n;
  // The first bit is set in every id that was issued since 2019; the 7 last bits of the 48 are not the account's.
  let bits = ((1n << 47n) | account | BigInt(randomInt(128))) << 32n;
  bits |= BigInt(randomInt(2 ** 32));
  return Array.from({ length: 16 }, (_, index) =>
    alphabets.base32.charAt(Number((bits >> BigInt(75 - 5 * index)) & 31n)),
  ).join('');
}

/** The secret of an AWS access key: 40 characters. */
export function awsSecretAccessKey(): string {
  // The last is no mark: scanners want the end of a word there and would miss one key of thirty.
  return randomText(alphabets.base64, 39) + randomText(alphabets.alphanumeric, 1);
}

/**
 * The password that Amazon's mail service takes in place of the secret key `secret` in `region`
 * (SES developer guide, "Converting AWS credentials to SMTP credentials"): Terraform notes it too.
 */
export function awsMailPassword(secret: string, region: string): string {
  let key: string | Buffer = `AWS4${secret}`;
  for (const step of ['11111111', region, 'ses', 'aws4_request', 'SendRawEmail'])
    key = createHmac('sha256', key).update(step).digest();
  return Buffer.concat([Buffer.from([4]), Buffer.from(key)]).toString('base64');
}
