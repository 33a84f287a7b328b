import { createHmac, createPublicKey, createVerify, generateKeyPairSync, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { awsAccessKeyId, awsMailPassword, awsSecretAccessKey } from '../../../../src/factory/forms/aws.js';
import { canaryAccounts, drawAwsAccount } from '../../../../src/factory/forms/aws-account.js';
import { base62Checksum } from '../../../../src/factory/forms/base62-checksum.js';
import { githubFineGrainedToken, githubToken } from '../../../../src/factory/forms/github.js';
import { gitlabToken } from '../../../../src/factory/forms/gitlab.js';
import { googleApiKey, googleClientId, googleKeyId } from '../../../../src/factory/forms/google.js';
import { iban } from '../../../../src/factory/forms/iban.js';
import { hmacToken, rsaToken } from '../../../../src/factory/forms/json-web-token.js';
import { npmToken } from '../../../../src/factory/forms/npm.js';
import { cardNumber, luhnDigit } from '../../../../src/factory/forms/payment-card.js';
import { pypiToken } from '../../../../src/factory/forms/pypi.js';
import { slackBotToken, slackWebhook } from '../../../../src/factory/forms/slack.js';
import { stripePublishableKey, stripeSecretKey } from '../../../../src/factory/forms/stripe.js';
import { personaFrom } from '../../../../src/factory/persona.js';
import type { storyteller } from '../../../../src/factory/storyteller.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const accounts = fc.integer({ min: 0, max: 999_999_999_999 }).map((value) => String(value).padStart(12, '0'));
const many = (make: () => string, promise: (value: string) => void) => {
  for (let time = 0; time < 200; time += 1) promise(make());
};

// Written apart from the maker, as scanners do it: to a number, not from one.
const base62Value = (text: string) =>
  [...text].reduce((value, character) => {
    const code = character.charCodeAt(0);
    return value * 62 + (code < 58 ? code - 48 : code < 91 ? code - 55 : code - 61);
  }, 0);

describe('CRC32 in base 62', () => {
  test('agrees with tokens that GitHub issued and that have long expired', () => {
    expect(base62Checksum('zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ')).toBe('0mLq17');
    expect(base62Checksum('adE7dp8rHP6gUTuPwxLTZjZdtya3sV')).toBe('0UQzQM');
  });

  test('is six characters that say the CRC32 of any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(base62Checksum(text)).toMatch(/^[0-9A-Za-z]{6}$/);
        expect(base62Value(base62Checksum(text))).toBe(crc32(text));
      }),
    );
  });

  test('ends every token of GitHub and npm', () => {
    many(githubToken, (token) => {
      expect(token).toMatch(/^ghp_[0-9A-Za-z]{36}$/);
      expect(base62Value(token.slice(-6))).toBe(crc32(token.slice(4, -6)));
    });
    many(npmToken, (token) => {
      expect(token).toMatch(/^npm_[0-9A-Za-z]{36}$/);
      expect(base62Value(token.slice(-6))).toBe(crc32(token.slice(4, -6)));
    });
    many(githubFineGrainedToken, (token) => {
      expect(token).toMatch(/^github_pat_11[A-Z2-7]{7}0[0-9A-Za-z]{12}_[0-9A-Za-z]{59}$/);
      expect(base62Value(token.slice(-6))).toBe(crc32(token.slice(34, -6)));
    });
  });
});

// As TruffleHog decodes it: six bytes of base32, masked and shifted.
function accountIn(keyId: string): string {
  let bits = 0n;
  for (const character of keyId.slice(4, 14)) {
    bits = (bits << 5n) | BigInt('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character));
  }
  return String(((bits >> 2n) & 0x7fff_ffff_ff80n) >> 7n).padStart(12, '0');
}

describe('AWS', () => {
  test('the decoder of this test agrees with ids whose account is known', () => {
    expect(accountIn('ASIAY34FZKBOKMUTVV7A')).toBe('609629065308');
    expect(accountIn('AKIAQYLPMN5HHHFPZAM2')).toBe('052310077262');
  });

  test('an id holds the account that it was made for', () => {
    fc.assert(
      fc.property(accounts, (account) => {
        const keyId = awsAccessKeyId(account);
        expect(keyId).toMatch(/^AKIA[Q-Z2-7][A-Z2-7]{15}$/);
        expect(accountIn(keyId)).toBe(account);
      }),
    );
    many(awsSecretAccessKey, (secret) => expect(secret).toMatch(/^[A-Za-z0-9+/]{39}[A-Za-z0-9]$/));
  });

  test('no persona has an account that is known for alarms or from documentation', () => {
    expect(canaryAccounts.size).toBe(29);
    for (const account of canaryAccounts) expect(account).toMatch(/^\d{12}$/);
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(canaryAccounts.has(personaFrom(seed).awsAccountId)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test('such an account is drawn again', () => {
    const drawn = ['171436882533', '123456789012', '777777777777', '418273650917'];
    const story = { string: { numeric: () => drawn.shift() ?? '' } };
    expect(drawAwsAccount(story as unknown as ReturnType<typeof storyteller>)).toBe('418273650917');
  });
});

test('a token of PyPI is a macaroon of pypi.org with a whole identifier, caveat and signature', () => {
  many(pypiToken, (token) => {
    expect(token).toMatch(/^pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}$/);
    const bytes = Buffer.from(token.slice(5), 'base64url');
    const fields: [number, string][] = [];
    let at = 1;
    while (at < bytes.length) {
      const type = bytes.readUInt8(at);
      const length = type === 0 ? -1 : bytes.readUInt8(at + 1);
      fields.push([type, type === 0 ? '' : bytes.subarray(at + 2, at + 2 + length).toString('latin1')]);
      at += 2 + length;
    }
    expect(at).toBe(bytes.length);
    expect(bytes[0]).toBe(2);
    expect(fields.map(([type]) => type)).toEqual([1, 2, 0, 2, 0, 0, 6]);
    expect(fields[0]?.[1]).toBe('pypi.org');
    expect(fields[1]?.[1]).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(fields[3]?.[1] ?? '')).toEqual([3, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(fields[6]?.[1]).toHaveLength(32);
  });
});

test('tokens have the shapes that scanners look for', () => {
  many(slackBotToken, (token) => expect(token).toMatch(/^xoxb-[1-9]\d{11}-[1-9]\d{12}-[A-Za-z0-9]{24}$/));
  expect(slackWebhook('T01ABCDEFGH')).toMatch(
    /^https:\/\/hooks\.slack\.com\/services\/T01ABCDEFGH\/B0[A-Z0-9]{9}\/[A-Za-z0-9]{24}$/,
  );
  many(gitlabToken, (token) => expect(token).toMatch(/^glpat-[\w-]{19}[A-Za-z0-9]$/));
  many(googleApiKey, (key) => expect(key).toMatch(/^AIza[\w-]{35}$/));
  expect(googleClientId()).toMatch(/^1\d{20}$/);
  expect(googleKeyId()).toMatch(/^[0-9a-f]{40}$/);
});

test('keys of Stripe repeat their account', () => {
  expect(stripeSecretKey('1AbCdEfGhIjKlMnO')).toMatch(
    /^sk_live_51AbCdEfGhIjKlMnO[A-Za-z0-9]{70}00[A-Za-z0-9]{10}$/,
  );
  expect(stripePublishableKey('1AbCdEfGhIjKlMnO')).toMatch(/^pk_live_51AbCdEfGhIjKlMnO/);
  many(
    () => stripeSecretKey('1AbCdEfGhIjKlMnO'),
    (key) => expect(key).toHaveLength(107),
  );
});

describe('JSON Web Tokens', () => {
  const claims = { sub: 'reports', iat: 1_700_000_000 };

  test('one that is signed with a secret verifies with it and with no other', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (secret) => {
        const [header = '', body = '', proof = ''] = hmacToken(claims, secret).split('.');
        expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' });
        expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toEqual(claims);
        const proofOf = (key: string) => createHmac('sha256', key).update(`${header}.${body}`).digest();
        expect(timingSafeEqual(proofOf(secret), Buffer.from(proof, 'base64url'))).toBe(true);
        expect(proofOf(`${secret}x`).toString('base64url')).not.toBe(proof);
      }),
    );
  });

  test('one that is signed with an RSA key verifies with its public half', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const token = rsaToken(claims, privateKey, 'k1');
    const at = token.lastIndexOf('.');
    const verify = createVerify('sha256').update(token.slice(0, at));
    expect(verify.verify(createPublicKey(privateKey), token.slice(at + 1), 'base64url')).toBe(true);
  });
});

describe('numbers with check digits', () => {
  const digitSum = (number: string) =>
    [...number].reduce((sum, digit, index) => {
      const value = Number(digit) * ((number.length - index) % 2 === 0 ? 2 : 1);
      return sum + Math.floor(value / 10) + (value % 10);
    }, 0);

  test('a card number passes the check of Luhn and is no test card', () => {
    expect(digitSum('4111111111111111') % 10).toBe(0);
    many(cardNumber, (number) => {
      expect(number).toMatch(/^(4|5[1-5])\d+$/);
      expect(number).toHaveLength(16);
      expect(digitSum(number) % 10).toBe(0);
      expect(number).not.toMatch(/^(4242|4111|4000|4012|5555|5105|5454)/);
    });
  });

  test('the digit of Luhn completes any number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,18}$/), (body) => {
        expect(digitSum(body + luhnDigit(body)) % 10).toBe(0);
      }),
    );
  });

  const remainder = (value: string) => {
    const turned = value.slice(4) + value.slice(0, 4);
    let rest = 0;
    for (const character of turned)
      for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
    return rest;
  };

  test('an IBAN leaves 1 of 97, as those of the registry do', () => {
    expect(iban('DE', '370400440532013000')).toBe('DE89370400440532013000');
    expect(iban('GB', 'NWBK60161331926819')).toBe('GB29NWBK60161331926819');
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]{12,30}$/), (account) => {
        expect(remainder(iban('FR', account))).toBe(1);
      }),
    );
  });
});

test("the mail password of an AWS secret is that of Terraform's provider", () => {
  // From its tests: internal/service/iam/access_key_test.go.
  expect(awsMailPassword('some+secret+key', 'eu-central-1')).toBe(
    'BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2',
  );
});
