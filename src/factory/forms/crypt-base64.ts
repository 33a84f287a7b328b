/** The alphabet of crypt(3), in the order of its values. */
export const cryptAlphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The lowest `length` times 6 bits of `value`, the lowest first, as crypt(3) writes them. */
export function cryptBase64(value: number, length: number): string {
  return Array.from({ length }, (_, place) => cryptAlphabet.charAt((value >>> (6 * place)) & 63)).join('');
}
