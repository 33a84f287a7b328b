import { randomBytes } from 'node:crypto';
import type { ServerError } from './messages.js';
import { provesPassword, rounds, type ScramKeys, serverSignature } from './scram.js';
import { serverErrors } from './server-errors.js';

/** Something that a client's proof is tried against. */
export interface Candidate<Login> {
  readonly login: Login;
  readonly keys: ScramKeys;
}

/** How the exchange goes on after a message. */
export type SaslAnswer<Login> =
  | { readonly kind: 'continue'; readonly text: string }
  | { readonly kind: 'done'; readonly text: string; readonly login: Login }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'error'; readonly error: ServerError };

export const plain = 'SCRAM-SHA-256';
export const withBinding = 'SCRAM-SHA-256-PLUS';

/** The server's side of SCRAM-SHA-256 as PostgreSQL's auth-scram.c has it, for several passwords at once. */
export class SaslExchange<Login> {
  readonly #salt: Buffer;
  readonly #candidates: () => readonly Candidate<Login>[];
  readonly #certificateHash: Uint8Array | undefined;
  #clientFirst = '';
  #header = '';
  #serverFirst = '';
  #nonce = '';

  /** @param certificateHash of the TLS connection, by which channels are bound; absent without TLS */
  constructor(salt: Buffer, candidates: () => readonly Candidate<Login>[], certificateHash?: Uint8Array) {
    this.#salt = salt;
    this.#candidates = candidates;
    this.#certificateHash = certificateHash;
  }

  get mechanisms(): readonly string[] {
    return this.#certificateHash === undefined ? [plain] : [withBinding, plain];
  }

  /** SASLInitialResponse. */
  first(body: Buffer): SaslAnswer<Login> {
    const end = body.indexOf(0);
    const mechanism = body.toString('latin1', 0, Math.max(end, 0));
    if (!this.mechanisms.includes(mechanism)) return refuse(serverErrors.unknownMechanism());
    const text = body.toString('utf8', end + 5);
    const match = /^((?:n|y|p=([^,]*)),([^,]*),)(n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+))(?:,.*)?$/s.exec(text);
    if (match === null) return refuse(this.#whyMalformed(text));
    const [, header = '', binding, identity, bare = '', nonce = ''] = match;
    if ((binding !== undefined) !== (mechanism === withBinding))
      return refuse(malformed(bindingWithout, 1007));
    if (binding !== undefined && binding !== 'tls-server-end-point')
      return refuse(malformed('unsupported SCRAM channel-binding type', 1000));
    if (identity !== '') return refuse(serverErrors.authorizationIdentity());
    this.#header = header;
    this.#clientFirst = bare;
    this.#nonce = nonce + randomBytes(18).toString('base64');
    this.#serverFirst = `r=${this.#nonce},s=${this.#salt.toString('base64')},i=${rounds}`;
    return { kind: 'continue', text: this.#serverFirst };
  }

  /** SASLResponse. */
  last(body: Buffer): SaslAnswer<Login> {
    const text = body.toString('latin1');
    const match = /^(c=([A-Za-z0-9+/=]*),r=([\x21-\x2b\x2d-\x7e]+)(?:,[^,]*)*?),p=([A-Za-z0-9+/=]*)$/.exec(
      text,
    );
    if (match === null) return refuse(readFinal('Malformed proof in client-final-message.', 1353));
    const [, withoutProof = '', binding = '', nonce = '', encoded = ''] = match;
    const proof = Buffer.from(encoded, 'base64');
    if (proof.length !== 32) return refuse(readFinal('Malformed proof in client-final-message.', 1353));
    if (nonce !== this.#nonce) return refuse(serverErrors.otherNonce());
    if (binding !== this.#expectedBinding()) return { kind: 'wrong' };
    const authMessage = `${this.#clientFirst},${this.#serverFirst},${withoutProof}`;
    // All of them, so that the time does not tell how many there are before the right one.
    const right = this.#candidates().filter(({ keys }) => provesPassword(keys, proof, authMessage))[0];
    if (right === undefined) return { kind: 'wrong' };
    return { kind: 'done', text: `v=${serverSignature(right.keys, authMessage)}`, login: right.login };
  }

  #expectedBinding(): string {
    const bound = this.#header.startsWith('p=')
      ? (this.#certificateHash ?? Buffer.alloc(0))
      : Buffer.alloc(0);
    return Buffer.concat([Buffer.from(this.#header), bound]).toString('base64');
  }

  #whyMalformed(text: string): ServerError {
    const flag = text[0] ?? '\0';
    if (!'nyp'.includes(flag)) return malformed(`Unexpected channel-binding flag "${shown(flag)}".`, 1025);
    if (flag === 'p' && this.#certificateHash === undefined) return malformed(bindingWithout, 1007);
    if (/^[ny],a=/.test(text)) return serverErrors.authorizationIdentity();
    return serverErrors.malformedScram('Expected attribute "r" but found "0x00".', 712, 'read_attr_value');
  }
}

const bindingWithout =
  'The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes channel binding data.';

function malformed(detail: string, line: number): ServerError {
  return serverErrors.malformedScram(detail, line, 'read_client_first_message');
}

function readFinal(detail: string, line: number): ServerError {
  return serverErrors.malformedScram(detail, line, 'read_client_final_message');
}

/** `sanitize_char` of auth-scram.c. */
function shown(character: string): string {
  const code = character.charCodeAt(0);
  return code >= 0x21 && code <= 0x7e ? `'${character}'` : `0x${(code & 0xff).toString(16).padStart(2, '0')}`;
}

function refuse(error: ServerError): { kind: 'error'; error: ServerError } {
  return { kind: 'error', error };
}
