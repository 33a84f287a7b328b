/** The pieces of ASN.1's DER (X.690) that a certificate is made of. */
export type Der = Buffer;

function element(tag: number, content: Uint8Array): Der {
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

export const sequence = (...parts: readonly Der[]): Der => element(0x30, Buffer.concat(parts));
export const set = (...parts: readonly Der[]): Der => element(0x31, Buffer.concat(parts));
export const octets = (content: Uint8Array): Der => element(0x04, content);
export const bits = (content: Uint8Array): Der => element(0x03, Buffer.concat([Buffer.from([0]), content]));
export const text = (content: string): Der => element(0x0c, Buffer.from(content));
export const nothing: Der = element(0x05, Buffer.alloc(0));
/** `[number]` around an element. */
export const tagged = (number: number, content: Uint8Array): Der => element(0xa0 | number, content);
/** `[number]` in the place of an element's own tag. */
export const plainTagged = (number: number, content: Uint8Array): Der => element(0x80 | number, content);

/** A number that is not negative, big-endian. */
export function integer(content: Uint8Array): Der {
  const first = content.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.from([0]) : content.subarray(first);
  const isNegative = ((short[0] as number) & 0x80) !== 0;
  return element(0x02, isNegative ? Buffer.concat([Buffer.from([0]), short]) : short);
}

export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return element(0x06, Buffer.from(bytes));
}

/** UTCTime, as RFC 5280 wants it until 2049. */
export function time(at: Date): Der {
  const digits = at.toISOString().replace(/\D/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}
