/**
 * An IBAN without spaces: the country's two letters, two check digits so that the whole is 1 modulo 97
 * (ISO 13616, ISO 7064), and the account as the country writes it.
 */
export function iban(country: string, account: string): string {
  const check = 98n - (asNumber(`${account}${country}00`) % 97n);
  return `${country}${String(check).padStart(2, '0')}${account}`;
}

/** Whether the check digits of an IBAN, with or without spaces, are right. */
export function isIban(text: string): boolean {
  const plain = text.replaceAll(' ', '');
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(plain)) return false;
  return asNumber(`${plain.slice(4)}${plain.slice(0, 4)}`) % 97n === 1n;
}

// Letters count as two digits: A is 10, Z is 35.
function asNumber(text: string): bigint {
  return BigInt([...text].map((letter) => Number.parseInt(letter, 36)).join(''));
}
