/** Numbers of the messages this service sends by itself (RFC 4253, 4252 and 4254; 7 is RFC 8308). */
export const messageNumber = {
  disconnect: 1,
  extInfo: 7,
  requestSuccess: 81,
  requestFailure: 82,
  channelOpenConfirmation: 91,
  channelOpenFailure: 92,
  channelWindowAdjust: 93,
  channelData: 94,
  channelExtendedData: 95,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
  globalRequest: 80,
} as const;

export type Field = number | boolean | string | Uint8Array;

/**
 * One message: its number, then its fields as RFC 4251 section 5 writes them: a number as uint32, a boolean as a byte,
 * text and bytes as string with its length before it.
 */
export function message(number: number, ...fields: readonly Field[]): Buffer {
  const parts: Uint8Array[] = [Uint8Array.of(number)];
  for (const field of fields) {
    if (typeof field === 'boolean') parts.push(Uint8Array.of(field ? 1 : 0));
    else if (typeof field === 'number') parts.push(uint32(field));
    else {
      const bytes = typeof field === 'string' ? Buffer.from(field) : field;
      parts.push(uint32(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
