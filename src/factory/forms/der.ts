/** An element of DER (ITU-T X.690): a tag, the length of its content, the content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

export const sequence = (...content: Uint8Array[]) => der(0x30, ...content);
export const setOf = (...content: Uint8Array[]) => der(0x31, ...content);
export const octets = (content: Uint8Array) => der(0x04, content);
export const bits = (content: Uint8Array, unused = 0) => der(0x03, Buffer.from([unused]), content);
export const text = (value: string) => der(0x0c, Buffer.from(value));
export const yes = der(0x01, Buffer.from([0xff]));

/** A whole number that is not negative, its bytes the highest first. */
export function integer(bytes: Uint8Array): Buffer {
  const value = Buffer.from(bytes);
  return der(0x02, (value[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), value]) : value);
}

/** An object identifier, such as `2.5.4.3`. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(inSevens)]));
}

/** A time in seconds; the years to 2049 are written with two digits (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits));
}

function lengthOf(length: number): number[] {
  if (length < 128) return [length];
  return length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
}

function inSevens(value: number): number[] {
  return value < 128 ? [value] : [...inSevens(value >> 7).map((byte) => byte | 128), value & 127];
}
