/** The stream in pieces of these lengths, repeated as often as is needed. */
export function chunked(stream: Buffer, lengths: Iterable<number>): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    if (at >= stream.length) break;
    pieces.push(stream.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
