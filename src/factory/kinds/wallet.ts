import { createCipheriv, createECDH, randomBytes, randomUUID, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { keccak } from 'hash-wasm';
import { inventedPassword } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
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
  async make({ persona }) {
    const story = storyteller(persona.seed, 'wallet');
    const account = createECDH('secp256k1');
    account.generateKeys();
    const privateKey = Buffer.from(account.getPrivateKey('hex').padStart(64, '0'), 'hex');
    const address = (await keccak(account.getPublicKey().subarray(1), 256)).slice(24);
    const password = inventedPassword();
    const salt = randomBytes(32);
    // The costs that geth (light) and MyEtherWallet take.
    const [n, p] = story.helpers.arrayElement([
      [4096, 6],
      [8192, 1],
    ]) as [number, number];
    const key = await derive(password, salt, 32, { N: n, r: 8, p, maxmem: 64 * 1024 * 1024 });
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), iv);
    const ciphertext = Buffer.concat([cipher.update(privateKey), cipher.final()]);
    const mac = await keccak(Buffer.concat([key.subarray(16, 32), ciphertext]), 256);
    const crypto = {
      cipher: 'aes-128-ctr',
      ciphertext: ciphertext.toString('hex'),
      cipherparams: { iv: iv.toString('hex') },
      kdf: 'scrypt',
      kdfparams: { dklen: 32, n, p, r: 8, salt: salt.toString('hex') },
      mac,
    };
    const id = randomUUID();
    // geth and the web wallets write the same in another order, in one line or in many.
    const keystore = story.helpers.arrayElement([
      { address, crypto, id, version: 3 },
      { version: 3, id, address, crypto },
      { crypto, id, version: 3, address },
    ]);
    const spaces = story.helpers.arrayElement([0, 0, 2]);
    return {
      content: Buffer.from(JSON.stringify(keystore, null, spaces) + (spaces === 0 ? '' : '\n')),
      secrets: [
        { label: 'ciphertext', value: crypto.ciphertext },
        { label: 'address', value: address },
        { label: 'password', value: password },
      ],
    };
  },
};
