import { createCipheriv, createECDH, pbkdf2, randomBytes, randomInt, randomUUID, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Faker } from '@faker-js/faker';
import { keccak } from 'hash-wasm';
import type { Persona } from '../persona.js';
import { inventedPassword } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

const scryptOf = promisify<string, Buffer, number, object, Buffer>(scrypt);
const pbkdf2Of = promisify(pbkdf2);
const names = [
  'keystore.json',
  'wallet.json',
  'eth-wallet.json',
  'treasury-wallet.json',
  'ethereum/keystore/main.json',
  'metamask-export.json',
];

/**
 * An Ethereum account as wallets keep it: a version 3 keystore (ethereum.org, "Web3 Secret Storage Definition").
 * It decrypts with its password, which stands nowhere.
 */
export const wallet: TrapKind = {
  name: 'wallet',
  summary: "the company's Ethereum account, a keystore with a password",
  mode: readableByOwner,
  relativePath: ({ seed }) => storyteller(seed, 'wallet name').helpers.arrayElement(names),
  async make({ persona, times }) {
    const story = storyteller(persona.seed, 'wallet');
    const account = createECDH('secp256k1');
    account.generateKeys();
    const privateKey = Buffer.from(account.getPrivateKey('hex').padStart(64, '0'), 'hex');
    const address = (await keccak(account.getPublicKey().subarray(1), 256)).slice(24);
    const password = inventedPassword(persona.locale);
    const salt = randomBytes(32);
    const program = story.helpers.arrayElement(['geth', 'web', 'parity'] as const);
    const { key, kdf, kdfparams } = await derived(program, password, salt, story);
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), iv);
    const ciphertext = Buffer.concat([cipher.update(privateKey), cipher.final()]);
    const mac = await keccak(Buffer.concat([key.subarray(16, 32), ciphertext]), 256);
    const cipherparams = { iv: iv.toString('hex') };
    const sealed = ciphertext.toString('hex');
    // As geth orders them, and Parity.
    const crypto =
      program === 'parity'
        ? { cipher: 'aes-128-ctr', cipherparams, ciphertext: sealed, kdf, kdfparams, mac }
        : { cipher: 'aes-128-ctr', ciphertext: sealed, cipherparams, kdf, kdfparams, mac };
    const id = randomUUID();
    const createdAt = new Date(times.modifiedAt.getTime() - randomInt(1000, 20_000));
    const called = story.helpers.arrayElement([
      '',
      persona.company,
      persona.project,
      persona.payroll.fullName,
    ]);
    const keystore = {
      geth: { address, crypto, id, version: 3 },
      web: story.helpers.arrayElement([
        { version: 3, id, address, crypto },
        { crypto, id, version: 3, address },
      ]),
      // A name and notes that whoever made the account gave it.
      parity: { id, version: 3, crypto, address, name: called, meta: notesIn(persona, story, createdAt) },
    }[program];
    const text = story.helpers.arrayElement([
      asIs,
      asIs,
      spaced,
      (value: object) => indented(value, 2),
      (value: object) => indented(value, 4),
    ]);
    return {
      content: Buffer.from(text(keystore)),
      secrets: [
        { label: 'ciphertext', value: sealed },
        { label: 'address', value: address },
        { label: 'password', value: password },
      ],
    };
  },
};

interface Derived {
  readonly key: Buffer;
  readonly kdf: string;
  readonly kdfparams: object;
}

/** The key that opens the account, with the costs that the program takes: geth (light), MyEtherWallet or Parity. */
async function derived(program: string, password: string, salt: Buffer, story: Faker): Promise<Derived> {
  const written = salt.toString('hex');
  if (program === 'parity') {
    const key = await pbkdf2Of(password, salt, 10_240, 32, 'sha256');
    return { key, kdf: 'pbkdf2', kdfparams: { c: 10_240, dklen: 32, prf: 'hmac-sha256', salt: written } };
  }
  const [n, p] = program === 'geth' ? [4096, 6] : [story.helpers.arrayElement([8192, 16_384]), 1];
  const key = await scryptOf(password, salt, 32, { N: n, r: 8, p, maxmem: 64 * 1024 * 1024 });
  return { key, kdf: 'scrypt', kdfparams: { dklen: 32, n, p, r: 8, salt: written } };
}

/** What Parity keeps beside an account: a text that is JSON itself. */
function notesIn(persona: Persona, story: Faker, createdAt: Date): string {
  const hint = story.helpers.arrayElement(['', persona.administrator.firstName, persona.payroll.login]);
  const description = story.helpers.arrayElement(['', persona.project, persona.domain]);
  return story.datatype.boolean()
    ? '{}'
    : JSON.stringify({ description, passwordHint: hint, tags: [], timestamp: createdAt.getTime() });
}

// As wallets write it, as scripts in Python print it (json.dumps), and as editors and jq lay it out.
const asIs = (value: object) => JSON.stringify(value);
const spaced = (value: object) =>
  JSON.stringify(value, null, 1)
    .replaceAll(/\n */g, ' ')
    .replaceAll(/([[{]) | ([\]}])/g, '$1$2');
const indented = (value: object, spaces: number) => `${JSON.stringify(value, null, spaces)}\n`;
