import type { Faker } from '@faker-js/faker';

/**
 * Accounts whose keys are known to be alarms: an intruder decodes the account from a key's id, which
 * asks nobody. From TruffleHog (pkg/detectors/aws/access_keys/canary.go: canarytokens.org, then its
 * imitators), and from Kingfisher's skip list and the lists of analysers in browsers.
 */
export const canaryAccounts: ReadonlySet<string> = new Set(
  [
    '052310077262 171436882533 534261010715 595918472158 717712589309 819147034852 992382622183',
    '730335385048 266735846894 893192397702',
    '044858866125 251535659677 344043088457 351906852752 390477818340 426127672474 427150556519',
    '439872796651 445142720921 465867158099 637958123769 693412236332 732624840810 735421457923',
    '959235150393 982842642351',
    '528757803018 538784191382 729780141977',
  ].flatMap((line) => line.split(' ')),
);

// Accounts of documentation: 123456789012 and its like, and 12 times one digit.
const ofDocumentation = /^(?:123456789012|210987654321|012345678901|(\d)\1{11}|(\d{4})\2\2)$/;

/** An AWS account, 12 digits, that stands in nobody's list. */
export function drawAwsAccount(faker: Faker): string {
  for (;;) {
    const account = faker.string.numeric({ length: 12, allowLeadingZeros: false });
    if (!canaryAccounts.has(account) && !ofDocumentation.test(account)) return account;
  }
}
