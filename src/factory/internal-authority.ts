import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { type CertificateFacts, certificate, type DistinguishedName } from './forms/certificate.js';
import { pem } from './forms/der.js';
import { StoryKey } from './forms/story-key.js';
import type { Persona } from './persona.js';
import { storyteller } from './storyteller.js';

const dayMs = 86_400_000;

/** What a certificate is wanted for. */
export interface CertificateRequest {
  readonly key: KeyObject;
  readonly use: 'server' | 'client';
  readonly commonName: string;
  /** Names and IPv4 addresses of a server. */
  readonly names?: readonly string[];
  /** The moment it was signed. */
  readonly signedAt: Date;
}

/**
 * The certificate authority of the persona's company: the same key and certificate in every trap of the
 * host. Its key follows from the seed, so it must never be trusted by anything.
 */
export class InternalAuthority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  readonly #key: StoryKey;
  readonly #name: DistinguishedName;
  readonly #prefix: DistinguishedName;
  readonly #hasRandomSerials: boolean;
  readonly #days: number;

  constructor(persona: Persona) {
    const story = storyteller(persona.seed, 'internal authority');
    this.#key = new StoryKey(persona.seed, 'internal authority');
    const organisation = ['O', persona.company] as const;
    // easy-rsa names only the common name by default; openssl ca(1) repeats the organisation.
    this.#prefix = story.helpers.arrayElement([[], [organisation], [organisation, ['OU', 'IT']]] as const);
    const name = story.helpers.arrayElement([
      `${persona.company} Internal CA`,
      `${persona.company} Root CA`,
      `${persona.internalDomain} CA`,
      `ca.${persona.internalDomain}`,
      `${persona.project}-ca`,
    ]);
    this.#name = [...this.#prefix, ['CN', name]];
    this.#hasRandomSerials = story.datatype.boolean();
    // All of them outlast the oldest traps that are planted by default.
    this.#days = story.helpers.arrayElement([1095, 1460, 1825, 3650]);
    // Older than every trap, as an authority is.
    const month = story.number.int({ min: 0, max: 35 });
    const [day, hour] = [story.number.int({ min: 1, max: 28 }), story.number.int({ min: 7, max: 16 })];
    const [minute, second] = [story.number.int(59), story.number.int(59)];
    const notBefore = new Date(Date.UTC(2012, month, day, hour, minute, second));
    const { privateKey } = this.#key;
    this.certificate = this.#issue({
      serial: positive(Buffer.from(story.string.hexadecimal({ length: 40, prefix: '' }), 'hex')),
      subject: this.#name,
      notBefore,
      notAfter: new Date(notBefore.getTime() + story.helpers.arrayElement([7300, 9125, 10_950]) * dayMs),
      key: createPublicKey(privateKey),
      use: 'authority',
    });
  }

  /** A certificate for `request`, PEM; its serial number is the next one, or random. */
  sign({ key, use, commonName, names = [], signedAt }: CertificateRequest): string {
    const second = Math.floor(signedAt.getTime() / 1000) * 1000;
    const last = Math.min(second + this.#days * dayMs, Date.UTC(2049, 11, 1));
    return this.#issue({
      serial: this.#hasRandomSerials ? positive(randomBytes(16)) : counted(signedAt),
      subject: [...this.#prefix, ['CN', commonName]],
      notBefore: new Date(second),
      notAfter: new Date(last),
      key,
      use,
      names: names.filter((name) => !isIPv6(name)),
    });
  }

  #issue(facts: Omit<CertificateFacts, 'issuer' | 'issuerKey'>): string {
    const whole = { ...facts, issuer: this.#name, issuerKey: createPublicKey(this.#key.privateKey) };
    return pem(
      'CERTIFICATE',
      certificate(whole, (content) => this.#key.sign(content)),
    );
  }
}

function positive(bytes: Buffer): Buffer {
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** As of an authority that signs one every few days: later certificates have higher numbers. */
function counted(signedAt: Date): Buffer {
  const fourHours = Math.floor((signedAt.getTime() - Date.UTC(2012, 0)) / (dayMs / 6));
  return Buffer.from([(fourHours >> 16) & 0xff, (fourHours >> 8) & 0xff, fourHours & 0xff]);
}
