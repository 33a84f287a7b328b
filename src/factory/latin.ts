const umlauts: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' };

// Much as passports had it until 2010 (GOST 52535.1): what people in Russia use in addresses to this day.
const cyrillic: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ' +
    'ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

/**
 * A name as it stands in logins, addresses and domains: small letters a to z, digits and dashes. German and
 * Russian letters are spelled out, other accents are dropped, everything else vanishes.
 */
export function latin(name: string): string {
  return [...name.toLowerCase()]
    .map((letter) => umlauts[letter] ?? cyrillic[letter] ?? letter)
    .join('')
    .normalize('NFD')
    .replaceAll(/[^a-z0-9-]/g, '');
}
