const namespaces = [
  ...['office', 'text', 'style', 'table', 'meta'].map((name) => [name, `${name}:1.0`]),
  ['fo', 'xsl-fo-compatible:1.0'],
  ['svg', 'svg-compatible:1.0'],
].map(([name, rest]) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${rest}"`);

const rest = '0123456789.,-:/@() «»&!#%*+=?_';
const latin = 'etaoinshrdlcumwfgypbvkjxqzETAOINSHRDLCUMWFGYPBVKJXQZ';
/** What a document of each language may be written with, the most frequent letters first. */
export const alphabets = {
  en: `${latin}${rest}`,
  de: `${latin}äöüßÄÖÜ${rest}`,
  ru: `оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёОЕАИНТСРВЛКМДПУЯЫЬГЗБЧЙХЖШЮЦЩЭФ${rest}${latin}`,
} as const;
const languages = { en: ['en', 'US'], de: ['de', 'DE'], ru: ['ru', 'RU'] } as const;

const networks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const sizes = [8, 8.5, 9, 9.5, 11, 12, 16];
const colours = ['404040', '000000', 'ffffff', '1f4e79', '7f7f7f'];
const faces = [
  ['S', 'DejaVu Sans', 'normal'],
  ['B', 'DejaVu Sans', 'bold'],
  ['M', 'DejaVu Sans Mono', 'normal'],
] as const;
const styles = faces.flatMap(([name, font, weight]) =>
  sizes.map(
    (size, at) =>
      `<style:style style:name="${name}${at}" style:family="paragraph"><style:text-properties style:font-name="${font}" fo:font-weight="${weight}" fo:font-size="${size}pt" fo:color="#${colours[at % colours.length]}"/></style:style>`,
  ),
);
const boxes = colours.map(
  (colour, at) =>
    `<style:style style:name="C${at}" style:family="table-cell"><style:table-cell-properties fo:background-color="#${colour}" fo:border="${0.25 * (at + 1)}pt solid #${colours[at + 1] ?? '000000'}"/></style:style>`,
);

/** How a document is made that says nothing. */
export interface PlainPlan {
  readonly language: keyof typeof alphabets;
  readonly paper: readonly [width: string, height: string];
  /** How far apart letters stand in the alphabet that follow each other, and which is the first. */
  readonly step: number;
  readonly first: number;
  /** How many letters there are. */
  readonly letters: number;
  /** Lines of boxes. */
  readonly rows: number;
}

/**
 * A document of three faces of DejaVu with letters, lines and boxes: OpenDocument. The face for code begins with a private
 * network, as in every such plan (RFC 1918).
 */
export function plainPlan({ language, paper, step, first, letters, rows }: PlainPlan): string {
  const alphabet = alphabets[language];
  const all = Array.from({ length: letters }, (_, at) => alphabet[(first + at * step) % alphabet.length]);
  const text = (from: number, to: number) => all.slice(from, to).join('').replaceAll('&', '&amp;').trim();
  const lines = sizes.flatMap((_, size) =>
    faces.map(([name], at) => `<text:p text:style-name="${name}${size}">${text(at, letters)}</text:p>`),
  );
  const row = (at: number) =>
    [0, 1, 2, 3, 4].map((column) => {
      const [name] = faces[(at + column) % faces.length] ?? faces[0];
      return `<table:table-cell table:style-name="C${(at + column) % boxes.length}"><text:p text:style-name="${name}${at % sizes.length}">${text(at + column, at + column + 5)}</text:p></table:table-cell>`;
    });
  const table = Array.from(
    { length: rows },
    (_, at) => `<table:table-row>${row(at).join('')}</table:table-row>`,
  );
  const title = language === 'ru' ? ['Я', 'Ё'] : ['A', 'B'];
  const [code, country] = languages[language];
  return `<?xml version="1.0" encoding="UTF-8"?>
<office:document ${namespaces.join(' ')} xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><dc:title>${title[0]}</dc:title><meta:initial-creator>${title[1]}</meta:initial-creator></office:meta>
<office:font-face-decls><style:font-face style:name="DejaVu Sans" svg:font-family="'DejaVu Sans'"/><style:font-face style:name="DejaVu Sans Mono" svg:font-family="'DejaVu Sans Mono'"/></office:font-face-decls>
<office:styles><style:default-style style:family="paragraph"><style:text-properties fo:language="${code}" fo:country="${country}"/></style:default-style></office:styles>
<office:automatic-styles>${styles.join('')}${boxes.join('')}
<style:page-layout style:name="P"><style:page-layout-properties fo:page-width="${paper[0]}" fo:page-height="${paper[1]}" fo:margin="0.6in"/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="P"/></office:master-styles>
<office:body><office:text><text:p text:style-name="B4">${text(0, 9)}</text:p><text:p text:style-name="M2">${networks[rows % networks.length]}</text:p><table:table><table:table-column table:number-columns-repeated="5"/>${table.join('')}</table:table>${lines.join('')}</office:text></office:body></office:document>`;
}
