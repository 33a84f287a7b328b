/** The part of a TrueType font that a document needs. */
export interface FontSubset {
  /** The font file with only the glyphs of the codes. */
  readonly file: Buffer;
  /** Widths of the codes from 0 on, in thousandths of the size. */
  readonly widths: readonly number[];
}

// Copied as they are: the programs that hint the glyphs.
const copied = ['cvt ', 'fpgm', 'prep'];

/**
 * A TrueType font with its outlines (Apple TrueType reference manual; OpenType 1.9). Subsets are like those of
 * LibreOffice 7.4, whose PDFs an intruder may compare: what it clears or leaves out is so here too.
 */
export class TrueType {
  readonly #data: Buffer;
  readonly #tables = new Map<string, Buffer>();
  readonly #glyphOf: (codePoint: number) => number;
  readonly unitsPerEm: number;

  constructor(data: Buffer) {
    this.#data = data;
    for (let at = 12, left = data.readUInt16BE(4); left > 0; at += 16, left -= 1) {
      const offset = data.readUInt32BE(at + 8);
      this.#tables.set(
        data.toString('latin1', at, at + 4),
        data.subarray(offset, offset + data.readUInt32BE(at + 12)),
      );
    }
    this.unitsPerEm = this.#table('head').readUInt16BE(18);
    this.#glyphOf = characterMap(this.#table('cmap'));
  }

  /** Lowest and highest coordinates of all glyphs in thousandths of the size: left, bottom, right, top. */
  get box(): number[] {
    return [36, 38, 40, 42].map((at) => this.#scaled(this.#table('head').readInt16BE(at)));
  }

  /** The width of a character in thousandths of the size. */
  widthOf(character: string): number {
    return this.#advance(this.#glyphOf(character.codePointAt(0) ?? 0));
  }

  /** A font in which code 1 is the first character, 2 the second, and so on. Throws for more than 255. */
  subset(characters: readonly string[]): FontSubset {
    if (characters.length > 255) throw new Error('a simple font has 255 codes at most');
    const glyphs = [0, ...characters.map((one) => this.#glyphOf(one.codePointAt(0) ?? 0))];
    const codes = glyphs.length;
    const outlines: Buffer[] = [];
    // Glyphs made of others bring those with them: the list grows while it is gone through.
    for (let index = 0; index < glyphs.length; index += 1) {
      outlines.push(this.#outline(glyphs[index] ?? 0, glyphs));
    }
    const offsets = [0];
    for (const outline of outlines) offsets.push((offsets.at(-1) ?? 0) + outline.length);
    const loca = locations(offsets);
    const metrics = glyphs.map((glyph) => this.#metrics(glyph));
    // Those at the end that are as wide as the last share its width.
    const measured =
      metrics.findLastIndex((one) => one.readUInt16BE(0) !== metrics.at(-1)?.readUInt16BE(0)) + 2;
    const tables = new Map<string, Buffer>([
      ['cmap', codeMap(codes)],
      ['glyf', Buffer.concat(outlines)],
      ['head', this.#head(outlines, loca.length === offsets.length * 2)],
      ['hhea', this.#changed('hhea', (table) => table.fill(0, 10, 18).writeUInt16BE(measured, 34))],
      ['hmtx', Buffer.concat(metrics.map((both, at) => (at < measured ? both : both.subarray(2))))],
      ['loca', loca],
      ['maxp', this.#changed('maxp', (table) => writeWords(table, 4, [glyphs.length, ...largest(outlines)]))],
      ['name', repacked(this.#table('name'))],
      // Without the names of glyphs (version 3), and nothing that a printer would want to know.
      ['post', this.#changed('post', shortened).subarray(0, 32)],
    ]);
    for (const name of copied) {
      const table = this.#tables.get(name);
      if (table) tables.set(name, table);
    }
    return { file: fontFile(tables), widths: glyphs.slice(0, codes).map((glyph) => this.#advance(glyph)) };
  }

  /** Without the time of the last change, and with the box of these glyphs. */
  #head(outlines: readonly Buffer[], isShort: boolean): Buffer {
    return this.#changed('head', (head) => {
      head.writeUInt32BE(0, 8);
      head.fill(0, 28, 36);
      for (const [at, edge] of boxOf(outlines).entries()) head.writeInt16BE(edge, 36 + 2 * at);
      head.writeInt16BE(isShort ? 0 : 1, 50);
    });
  }

  #changed(name: string, change: (table: Buffer) => unknown): Buffer {
    const table = Buffer.from(this.#table(name));
    change(table);
    return table;
  }

  #outline(glyph: number, glyphs: number[]): Buffer {
    const [from, to] = [this.#location(glyph), this.#location(glyph + 1)];
    const outline = Buffer.from(this.#table('glyf').subarray(from, to));
    if (outline.length === 0 || outline.readInt16BE(0) >= 0) return padded(outline);
    for (const { at, glyph: component } of componentsOf(outline)) {
      const known = glyphs.indexOf(component, 1);
      outline.writeUInt16BE(known > 0 ? known : glyphs.push(component) - 1, at);
    }
    return padded(outline);
  }

  #location(glyph: number): number {
    const loca = this.#table('loca');
    return this.#table('head').readInt16BE(50) === 1
      ? loca.readUInt32BE(glyph * 4)
      : loca.readUInt16BE(glyph * 2) * 2;
  }

  #metrics(glyph: number): Buffer {
    const hmtx = this.#table('hmtx');
    const measured = this.#table('hhea').readUInt16BE(34);
    if (glyph < measured) return hmtx.subarray(glyph * 4, glyph * 4 + 4);
    // Those after the last width share it.
    const bearing = measured * 4 + (glyph - measured) * 2;
    return Buffer.concat([
      hmtx.subarray(measured * 4 - 4, measured * 4 - 2),
      hmtx.subarray(bearing, bearing + 2),
    ]);
  }

  #advance(glyph: number): number {
    return this.#scaled(this.#metrics(glyph).readUInt16BE(0));
  }

  #scaled(units: number): number {
    return Math.trunc((units * 1000) / this.unitsPerEm);
  }

  #table(name: string): Buffer {
    const table = this.#tables.get(name);
    if (!table) throw new Error(`the font of ${this.#data.length} bytes has no table ${name}`);
    return table;
  }
}

/** The glyphs that an outline is made of, each with where its number stands. */
function componentsOf(outline: Buffer): { at: number; glyph: number }[] {
  const components: { at: number; glyph: number }[] = [];
  let flags = 0x20;
  for (let at = 10; flags & 0x20; at += componentLength(flags)) {
    flags = outline.readUInt16BE(at);
    components.push({ at: at + 2, glyph: outline.readUInt16BE(at + 2) });
  }
  return components;
}

// Flags, glyph, two arguments, and a scale, two or a matrix.
function componentLength(flags: number): number {
  const scale = flags & 8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0;
  return 4 + (flags & 1 ? 4 : 2) + scale;
}

// Format 4 of the platform Windows, Unicode: the characters of the basic plane.
function characterMap(cmap: Buffer): (codePoint: number) => number {
  let table: Buffer | undefined;
  for (let at = 4, left = cmap.readUInt16BE(2); left > 0; at += 8, left -= 1) {
    const candidate = cmap.subarray(cmap.readUInt32BE(at + 4));
    if (cmap.readUInt16BE(at) === 3 && cmap.readUInt16BE(at + 2) === 1 && candidate.readUInt16BE(0) === 4)
      table = candidate;
  }
  if (!table) throw new Error('the font has no map of Unicode characters');
  const found = table;
  const twice = found.readUInt16BE(6);
  return (codePoint) => {
    for (let segment = 0; segment < twice; segment += 2) {
      if (codePoint > found.readUInt16BE(14 + segment)) continue;
      const start = found.readUInt16BE(16 + twice + segment);
      if (codePoint < start) return 0;
      const delta = found.readUInt16BE(16 + 2 * twice + segment);
      const place = 16 + 3 * twice + segment;
      const range = found.readUInt16BE(place);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = found.readUInt16BE(place + range + 2 * (codePoint - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

// Code n is glyph n, on the Macintosh platform alone.
function codeMap(codes: number): Buffer {
  const macintosh = Buffer.alloc(262);
  macintosh.writeUInt16BE(262, 2);
  for (let code = 0; code < Math.min(codes, 256); code += 1) macintosh.writeUInt8(code, 6 + code);
  const header = Buffer.alloc(12);
  for (const [at, value] of [0, 1, 1, 0, 0, header.length].entries()) header.writeUInt16BE(value, at * 2);
  return Buffer.concat([header, macintosh]);
}

// Each outline begins with its number of contours, or -1 when it is made of others, and its box.
function boxOf(outlines: readonly Buffer[]): number[] {
  const boxes = outlines
    .filter(({ length }) => length > 0)
    .map((outline) => [2, 4, 6, 8].map((at) => outline.readInt16BE(at)));
  return [Math.min, Math.min, Math.max, Math.max].map((choose, at) =>
    choose(0, ...boxes.map((box) => box[at] ?? 0)),
  );
}

/** The most points and contours of one outline: of those that are drawn, then of those made of others. */
function largest(outlines: readonly Buffer[]): number[] {
  const sizeOf = (outline: Buffer): readonly [number, number] => {
    const contours = outline.length === 0 ? 0 : outline.readInt16BE(0);
    // The last point of the last contour stands after the box.
    if (contours >= 0)
      return contours === 0 ? [0, 0] : [outline.readUInt16BE(8 + 2 * contours) + 1, contours];
    const parts = componentsOf(outline).map(({ glyph }) => sizeOf(outlines[glyph] ?? Buffer.of()));
    return [0, 1].map((at) => parts.reduce((sum, part) => sum + (part[at] ?? 0), 0)) as [number, number];
  };
  const isMade = (outline: Buffer) => outline.length > 0 && outline.readInt16BE(0) < 0;
  const sizes = outlines.map((outline) => ({ size: sizeOf(outline), isMade: isMade(outline) }));
  return [false, true].flatMap((made) =>
    [0, 1].map((at) =>
      Math.max(0, ...sizes.filter((one) => one.isMade === made).map(({ size }) => size[at] ?? 0)),
    ),
  );
}

/** Where each outline begins; halved into two bytes where they suffice. */
function locations(offsets: readonly number[]): Buffer {
  const isShort = (offsets.at(-1) ?? 0) < 0x2_0000;
  const loca = Buffer.alloc(offsets.length * (isShort ? 2 : 4));
  for (const [at, offset] of offsets.entries()) {
    if (isShort) loca.writeUInt16BE(offset / 2, at * 2);
    else loca.writeUInt32BE(offset, at * 4);
  }
  return loca;
}

/** The names with their texts in the order of the records. */
function repacked(names: Buffer): Buffer {
  const [count, start] = [names.readUInt16BE(2), names.readUInt16BE(4)];
  const header = Buffer.from(names.subarray(0, 6 + 12 * count));
  header.writeUInt16BE(header.length, 4);
  const texts: Buffer[] = [];
  let length = 0;
  for (let at = 6; at < header.length; at += 12) {
    const from = start + header.readUInt16BE(at + 10);
    texts.push(names.subarray(from, from + header.readUInt16BE(at + 8)));
    header.writeUInt16BE(length, at + 10);
    length += texts.at(-1)?.length ?? 0;
  }
  return Buffer.concat([header, ...texts]);
}

/** With no word on memory, and whether letters have one width in the wrong half of its field. */
function shortened(post: Buffer): void {
  const isFixed = post.readUInt32BE(12) === 0 ? 0 : 1;
  post.fill(0, 12).writeUInt32BE(0x3_0000, 0);
  post.writeUInt16BE(isFixed, 12);
}

function writeWords(table: Buffer, at: number, values: readonly number[]): void {
  for (const [index, value] of values.entries()) table.writeUInt16BE(value, at + 2 * index);
}

function fontFile(tables: ReadonlyMap<string, Buffer>): Buffer {
  const sorted = [...tables].sort(([one], [other]) => (one < other ? -1 : 1));
  const powers = Math.floor(Math.log2(sorted.length));
  const header = Buffer.alloc(12 + sorted.length * 16);
  header.write('true', 0, 'latin1');
  for (const [at, value] of [
    sorted.length,
    16 * 2 ** powers,
    powers,
    16 * (sorted.length - 2 ** powers),
  ].entries()) {
    header.writeUInt16BE(value, 4 + at * 2);
  }
  let offset = header.length;
  for (const [index, [name, table]] of sorted.entries()) {
    const at = 12 + index * 16;
    header.write(name, at, 'latin1');
    header.writeUInt32BE(sumOf(table), at + 4);
    header.writeUInt32BE(offset, at + 8);
    header.writeUInt32BE(table.length, at + 12);
    offset += padded(table).length;
  }
  const file = Buffer.concat([header, ...sorted.map(([, table]) => padded(table))]);
  const head = sorted.findIndex(([name]) => name === 'head');
  file.writeUInt32BE((0xb1b0_afba - sumOf(file)) >>> 0, header.readUInt32BE(12 + head * 16 + 8) + 8);
  return file;
}

/** As LibreOffice takes it on a PC: of words whose last byte comes first, which no reader of a PDF minds. */
function sumOf(table: Buffer): number {
  const whole = padded(table);
  let sum = 0;
  for (let at = 0; at < whole.length; at += 4) sum = (sum + whole.readUInt32LE(at)) >>> 0;
  return sum;
}

function padded(table: Buffer): Buffer {
  return table.length % 4 === 0 ? table : Buffer.concat([table, Buffer.alloc(4 - (table.length % 4))]);
}
