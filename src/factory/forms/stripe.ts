import { alphabets, randomText } from '../secrets.js';

/**
 * A live secret key of Stripe, 107 characters; `account` is what follows `acct_` in the account's id:
 * 16 characters, which every key of the account repeats.
 */
export function stripeSecretKey(account: string): string {
  return `sk_live_${keyOf(account)}`;
}

/** The publishable key of the same account. */
export function stripePublishableKey(account: string): string {
  return `pk_live_${keyOf(account)}`;
}

/** The secret that signs the calls of a webhook. */
export function stripeWebhookSecret(): string {
  return `whsec_${randomText(alphabets.alphanumeric, 32)}`;
}

function keyOf(account: string): string {
  return `5${account}${randomText(alphabets.alphanumeric, 70)}00${randomText(alphabets.alphanumeric, 10)}`;
}
