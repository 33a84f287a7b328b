import { createECDH, createHash, createHmac, createPrivateKey, type KeyObject } from 'node:crypto';
import { der, integer, octets, oid, sequence } from './der.js';

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * A key on the curve P-256 that a story always has again, so that files of different years agree on it:
 * the key of the company's certificate authority, of a server. It guards nothing and is never planted.
 */
export class StoryKey {
  readonly privateKey: KeyObject;
  readonly #scalar: bigint;

  constructor(seed: number, aspect: string) {
    this.#scalar = (numberOf(createHash('sha512').update(`${seed}/${aspect}`).digest()) % (order - 1n)) + 1n;
    const scalar = bytesOf(this.#scalar);
    const key = sequence(integer(Buffer.of(1)), octets(scalar), der(0xa0, oid('1.2.840.10045.3.1.7')));
    this.privateKey = createPrivateKey({ key, format: 'der', type: 'sec1' });
  }

  /**
   * Signs by ECDSA with SHA-256, DER. The same content always gets the same signature, as one certificate
   * has one: the secret number is drawn from key and content, which is the idea of RFC 6979.
   */
  sign(content: Uint8Array): Buffer {
    const digest = createHash('sha256').update(content).digest();
    const drawn = createHmac('sha512', bytesOf(this.#scalar)).update(digest).digest();
    const nonce = (numberOf(drawn) % (order - 1n)) + 1n;
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(bytesOf(nonce));
    const r = numberOf(curve.getPublicKey().subarray(1, 33)) % order;
    const s = (power(nonce, order - 2n) * ((numberOf(digest) + r * this.#scalar) % order)) % order;
    return sequence(integer(bytesOf(r)), integer(bytesOf(s)));
  }
}

/** The 32 bytes of a private Ed25519 key in PKCS#8 (RFC 8410). */
export function ed25519From(seed: number, aspect: string): KeyObject {
  const bytes = createHash('sha256').update(`${seed}/${aspect}`).digest();
  const key = sequence(integer(Buffer.of(0)), sequence(oid('1.3.101.112')), octets(octets(bytes)));
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

const numberOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const bytesOf = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

// Modulo the order, which is prime: by Fermat the power of order - 2 is the inverse.
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % order)
    if (rest & 1n) result = (result * square) % order;
  return result;
}
