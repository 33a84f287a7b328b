/** Messages of PostgreSQL's protocol 3.0 as a server writes them ("Message Formats" of its manual). */

export function message(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(length), ...parts]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** Text with the zero byte that ends it. */
export function zeroEnded(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/** AuthenticationSASL, AuthenticationSASLContinue, AuthenticationSASLFinal, AuthenticationOk. */
export const authentication = {
  sasl: (mechanisms: readonly string[]) =>
    message('R', int32(10), ...mechanisms.map(zeroEnded), Buffer.alloc(1)),
  saslContinue: (text: string) => message('R', int32(11), Buffer.from(text)),
  saslFinal: (text: string) => message('R', int32(12), Buffer.from(text)),
  ok: () => message('R', int32(0)),
};

export function parameterStatus(name: string, value: string): Buffer {
  return message('S', zeroEnded(name), zeroEnded(value));
}

export function backendKeyData(processId: number, secret: number): Buffer {
  return message('K', int32(processId), int32(secret));
}

/** `I` idle, `T` in a transaction, `E` in one that failed. */
export function readyForQuery(state: 'I' | 'T' | 'E'): Buffer {
  return message('Z', Buffer.from(state));
}

/** How many of the minor versions of protocol 3 are understood (none but 0), and options that are not. */
export function negotiateProtocolVersion(unknownOptions: readonly string[]): Buffer {
  // The whole version in the releases from 9.3.21 on: 3.0.
  return message('v', int32(3 << 16), int32(unknownOptions.length), ...unknownOptions.map(zeroEnded));
}

/** An error as PostgreSQL words it. */
export interface ServerError {
  readonly severity: 'FATAL' | 'ERROR';
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** Where the source of PostgreSQL 15 says so: file, line, function. */
  readonly place: readonly [file: string, line: number, routine: string];
}

export function errorResponse(error: ServerError): Buffer {
  const [file, line, routine] = error.place;
  const fields: [string, string | undefined][] = [
    ['S', error.severity],
    ['V', error.severity],
    ['C', error.code],
    ['M', error.message],
    ['D', error.detail],
    ['H', error.hint],
    ['F', file],
    ['L', String(line)],
    ['R', routine],
  ];
  const written = fields.flatMap(([name, value]) => (value === undefined ? [] : [zeroEnded(name + value)]));
  return message('E', ...written, Buffer.alloc(1));
}
