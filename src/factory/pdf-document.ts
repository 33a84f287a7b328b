import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import { TrueType } from './truetype.js';

/** Faces that text may have: DejaVu, which is on every Linux desktop. */
const faces = { regular: 'DejaVuSans', bold: 'DejaVuSans-Bold', mono: 'DejaVuSansMono' } as const;
export type Face = keyof typeof faces;

const loaded = new Map<Face, TrueType>();

function fontOf(face: Face): TrueType {
  const known = loaded.get(face);
  if (known) return known;
  const path = createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${faces[face]}.ttf`);
  const font = new TrueType(readFileSync(path));
  loaded.set(face, font);
  return font;
}

/** What Writer draws first, then, and last. */
type Layer = 'fills' | 'lines' | 'texts';

/** What the program that exported a document says of it. */
export interface PdfProperties {
  readonly title: string;
  readonly author: string;
  /** Name and version, such as `LibreOffice 7.4`. */
  readonly producer: string;
  readonly createdAt: Date;
  /** Such as `de-DE`. */
  readonly language: string;
  /** In points. */
  readonly page: readonly [number, number];
}

/**
 * A document in the form that LibreOffice exports: text and lines on pages, with the used glyphs of the
 * fonts. Positions are in points from the left and the top of the page, colours RRGGBB.
 */
export class PdfDocument {
  readonly #properties: PdfProperties;
  readonly #pages: Record<Layer, string[]>[] = [];
  readonly #codes = new Map<Face, Map<string, number>>();

  constructor(properties: PdfProperties) {
    this.#properties = properties;
    this.addPage();
  }

  addPage(): void {
    this.#pages.push({ fills: [], lines: [], texts: [] });
  }

  /** The width of a text in points. */
  widthOf(text: string, face: Face, size: number): number {
    const font = fontOf(face);
    return ([...text].reduce((sum, character) => sum + font.widthOf(character), 0) * size) / 1000;
  }

  /** Writes one line; `top` is its baseline. */
  text(text: string, left: number, top: number, face: Face, size: number, colour = '000000'): void {
    if (text === '') return;
    const codes = this.#codes.get(face) ?? new Map<string, number>();
    this.#codes.set(face, codes);
    const hexadecimal = [...text].map((character) => {
      const code = codes.get(character) ?? codes.size + 1;
      codes.set(character, code);
      return code.toString(16).toUpperCase().padStart(2, '0');
    });
    const name = `F${[...this.#codes.keys()].indexOf(face) + 1}`;
    const shown = placed(
      [...text].map((character) => fontOf(face).widthOf(character)),
      hexadecimal,
      size,
      face,
    );
    this.#draw(
      'texts',
      `q ${rgb(colour)} rg`,
      'BT',
      `${number(tenth(left))} ${number(this.#up(tenth(top)))} Td /${name} ${number(size)} Tf${shown}`,
      'ET',
      'Q',
    );
  }

  line(left: number, top: number, right: number, bottom: number, width: number, colour: string): void {
    this.#draw(
      'lines',
      `${rgb(colour)} RG`,
      `q ${number(width)} w 0 J 1 j`,
      `${number(twips(left))} ${number(this.#up(top))} m`,
      `${number(twips(right))} ${number(this.#up(bottom))} l S`,
      'Q',
    );
  }

  /** A rectangle, filled and with a border where one is given. */
  box(
    left: number,
    top: number,
    width: number,
    height: number,
    fill: string | undefined,
    border?: { readonly colour: string; readonly width: number },
  ): void {
    const [right, bottom] = [left + width, top + height];
    if (fill !== undefined) {
      const size = `${number(twips(width))} ${number(twips(height))}`;
      this.#draw(
        'fills',
        `${rgb(fill)} rg`,
        `${number(twips(left))} ${number(this.#up(bottom))} ${size} re f*`,
      );
    }
    if (border === undefined) return;
    const { colour, width: pen } = border;
    this.line(left, top, right, top, pen, colour);
    this.line(left, bottom, right, bottom, pen, colour);
    this.line(left, top, left, bottom, pen, colour);
    this.line(right, top, right, bottom, pen, colour);
  }

  /** The whole file. */
  bytes(): Buffer {
    const file = new PdfObjects();
    const { page, language, producer } = this.#properties;
    const box = `0 0 ${page.join(' ')}`;
    // Only before 7.4 on each page.
    const group = producer.endsWith('7.4') ? '' : '/Group<</S/Transparency/CS/DeviceRGB/I true>>';
    const [width, height] = page.map((points) => number(Math.trunc((points - 0.02835) * 1000) / 1000));
    const clip = ['0.1 w', `q 0 0.028 ${width} ${height} re`, 'W* n'];
    const pageIds = this.#pages.map(({ fills, lines, texts }) => {
      const id = file.reserve();
      file.addStream([...clip, ...fills, ...lines, ...texts, 'Q '].join('\n'));
      return id;
    });
    const treeId = file.reserve();
    const fonts = [...this.#codes].map(
      ([face, codes], index) => `/F${index + 1} ${addFont(file, face, codes, index)} 0 R`,
    );
    const fontsId = file.add(`<<${fonts.join('')}\n>>`);
    const resourcesId = file.add(`<</Font ${fontsId} 0 R\n/ProcSet[/PDF/Text]\n>>`);
    for (const id of pageIds) {
      file.set(
        id,
        `<</Type/Page/Parent ${treeId} 0 R/Resources ${resourcesId} 0 R/MediaBox[${box}]${group}/Contents ${id + 1} 0 R>>`,
      );
    }
    const kids = pageIds.map((id) => `${id} 0 R `).join('');
    file.set(
      treeId,
      `<</Type/Pages\n/Resources ${resourcesId} 0 R\n/MediaBox[ ${box} ]\n/Kids[ ${kids}]\n/Count ${pageIds.length}>>`,
    );
    const root = file.add(
      `<</Type/Catalog/Pages ${treeId} 0 R\n/OpenAction[${pageIds[0]} 0 R /XYZ null null 0]\n/ViewerPreferences<</DisplayDocTitle true\n>>\n/Lang(${language})\n>>`,
    );
    return file.bytes(root, file.add(this.#information()));
  }

  #information(): string {
    const { title, author, producer, createdAt } = this.#properties;
    return [
      `<</Title${utf16(title)}`,
      `/Author${utf16(author)}`,
      `/Creator${utf16('Writer')}`,
      `/Producer${utf16(producer)}`,
      `/CreationDate(${pdfTime(createdAt)})>>`,
    ].join('\n');
  }

  #up(top: number): number {
    return Math.trunc(this.#properties.page[1] * 1000) / 1000 - twips(top);
  }

  #draw(layer: Layer, ...operations: string[]): void {
    this.#pages.at(-1)?.[layer].push(...operations);
  }
}

/** As far as LibreOffice 7.4 lets a text be beside its place, in points: measured on what it exported. */
const leastStep = 0.0958;

/**
 * Operators that show codes of these widths (in thousandths of the size). LibreOffice puts each at a step of its own,
 * or in a face for code each at six tenths of the size; what that takes from a width or adds to it stands behind.
 */
function placed(widths: readonly number[], codes: readonly string[], size: number, face: Face): string {
  let [end, at] = [0, 0];
  const parts = codes.map((code, index) => {
    const width = widths[index] ?? 0;
    end += (width * size) / 1000;
    const plain = at + 0.6 * size;
    const late = end - plain < leastStep ? plain : plain + leastStep;
    const next = face === 'mono' ? late : Math.round(end / leastStep) * leastStep;
    const less = Math.trunc(width - ((next - at) * 1000) / size);
    at = next;
    return less === 0 || index === codes.length - 1 ? code : `${code}>${less}<`;
  });
  const shown = `<${parts.join('')}>`;
  return parts.some((part) => part.includes('>')) ? `[${shown}]TJ` : `${shown}Tj`;
}

function addFont(file: PdfObjects, face: Face, codes: ReadonlyMap<string, number>, index: number): number {
  const font = fontOf(face);
  const characters = [...codes.keys()];
  const subset = font.subset(characters);
  // LibreOffice counts subsets in letters: BAAAAA, CAAAAA.
  const name = `${String.fromCharCode(66 + index)}AAAAA+${faces[face]}`;
  const fileId = file.addStream(subset.file, `/Length1 ${subset.file.length}`);
  const [left = 0, bottom = 0, right = 0, top = 0] = font.box;
  // 16 in a line; the code 0 stands for nothing.
  const widths = [0, ...subset.widths.slice(1)].map((width, at) => `${width}${at % 16 === 15 ? '\n' : ' '}`);
  const descriptor = file.add(
    `<</Type/FontDescriptor/FontName/${name}\n/Flags ${face === 'mono' ? 5 : 4}\n/FontBBox[${left} ${bottom} ${right - 1} ${top}]/ItalicAngle 0\n/Ascent 0\n/Descent 0\n/CapHeight ${top}\n/StemV 80\n/FontFile2 ${fileId} 0 R\n>>`,
  );
  const unicode = file.addShortStream(unicodeMap(characters));
  return file.add(
    `<</Type/Font/Subtype/TrueType/BaseFont/${name}\n/FirstChar 0\n/LastChar ${characters.length}\n/Widths[${widths.join('')}]\n/FontDescriptor ${descriptor} 0 R\n/ToUnicode ${unicode} 0 R\n>>`,
  );
}

function unicodeMap(characters: readonly string[]): string {
  const lines = characters.map((character, index) => {
    const code = (index + 1).toString(16).toUpperCase().padStart(2, '0');
    return `<${code}> <${hexadecimal16(character)}>`;
  });
  // At most a hundred a block (Adobe technical note 5014).
  const blocks = Array.from({ length: Math.ceil(lines.length / 100) }, (_, at) =>
    lines.slice(at * 100, at * 100 + 100),
  );
  return `/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<<\n/Registry (Adobe)\n/Ordering (UCS)\n/Supplement 0\n>> def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n${blocks.map((block) => `${block.length} beginbfchar\n${block.join('\n')}\nendbfchar\n`).join('')}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend`;
}

/** The objects of a file, written in the order in which they are set, and their table of positions. */
class PdfObjects {
  readonly #parts: Buffer[] = [Buffer.from('%PDF-1.6\n%äüöß\n')];
  readonly #positions: number[] = [0];
  #length = this.#parts[0]?.length ?? 0;

  reserve(): number {
    return this.#positions.push(-1) - 1;
  }

  add(body: string): number {
    const id = this.reserve();
    this.set(id, body);
    return id;
  }

  set(id: number, body: string): void {
    this.#write(id, Buffer.from(body, 'latin1'));
  }

  /** A packed stream whose length is the object after it; returns its own number. */
  addStream(content: string | Buffer, more = ''): number {
    const [id, lengthId] = [this.reserve(), this.reserve()];
    const packed = deflateSync(content);
    this.#write(id, streamOf(`<</Length ${lengthId} 0 R/Filter/FlateDecode${more}>>`, packed));
    this.set(lengthId, String(packed.length));
    return id;
  }

  addShortStream(content: string): number {
    const id = this.reserve();
    const packed = deflateSync(content);
    this.#write(id, streamOf(`<</Length ${packed.length}/Filter/FlateDecode>>`, packed));
    return id;
  }

  bytes(root: number, information: number): Buffer {
    const table = this.#positions.map((at, id) =>
      id === 0 ? '0000000000 65535 f ' : `${String(at).padStart(10, '0')} 00000 n `,
    );
    const digest = (salt: string) =>
      createHash('md5').update(salt).update(Buffer.concat(this.#parts)).digest('hex').toUpperCase();
    const id = `<${digest('id')}>`;
    const end = `xref\n0 ${table.length}\n${table.join('\n')}\ntrailer\n<</Size ${table.length}/Root ${root} 0 R\n/Info ${information} 0 R\n/ID [ ${id}\n${id} ]\n/DocChecksum /${digest('')}\n>>\nstartxref\n${this.#length}\n%%EOF\n`;
    return Buffer.concat([...this.#parts, Buffer.from(end, 'latin1')]);
  }

  #write(id: number, body: Buffer): void {
    this.#positions[id] = this.#length;
    const object = Buffer.concat([Buffer.from(`${id} 0 obj\n`), body, Buffer.from('\nendobj\n\n')]);
    this.#parts.push(object);
    this.#length += object.length;
  }
}

function streamOf(dictionary: string, packed: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${dictionary}\nstream\n`), packed, Buffer.from('\nendstream')]);
}

/** To a twentieth of a point, as Writer places everything. */
const twips = (points: number) => Math.round(points * 20) / 20;
/** Texts to a tenth. */
const tenth = (points: number) => Math.round(points * 10) / 10;
const number = (value: number) => String(Math.round(value * 1000) / 1000);
/** Of 255, with ten digits that are cut off. */
const share = (value: number) => (Math.trunc((value * 1e10) / 255) / 1e10).toString();
const rgb = (colour: string) =>
  (colour.match(/../g) ?? []).map((two) => share(Number.parseInt(two, 16))).join(' ');

function hexadecimal16(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();
}

function utf16(text: string): string {
  return `<FEFF${hexadecimal16(text)}>`;
}

/** A time with the offset of the host's clock, as `D:20240506070809+02'00'`. */
function pdfTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const east = -date.getTimezoneOffset();
  const offset =
    east === 0
      ? "Z'"
      : `${east > 0 ? '+' : '-'}${two(Math.floor(Math.abs(east) / 60))}'${two(Math.abs(east) % 60)}'`;
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `D:${day}${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}${offset}`;
}
