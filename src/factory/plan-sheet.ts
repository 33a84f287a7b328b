import type { Faker } from '@faker-js/faker';
import type { OfficeLook } from './office-look.js';
import type { Face, PdfDocument } from './pdf-document.js';

interface Column {
  readonly left: number;
  /** Width that text may take. */
  readonly room: number;
  readonly face: Face;
}

/** How lines and boxes are drawn. */
interface Pen {
  readonly thin: number;
  readonly wide: number;
  readonly paleGrey: string;
  readonly grey: string;
  readonly darkGrey: string;
  /** How wide a box in the diagram is, and how high for one line of text. */
  readonly box: number;
  readonly boxHeight: number;
  /** Share of the width that the diagram takes, and of the rest that lies left of it. */
  readonly diagram: number;
  readonly aside: number;
  /** Share of the width that the first column has more than others would give it. */
  readonly firstColumn: number;
}

function penOf(story: Faker): Pen {
  const grey = (from: number, to: number) =>
    story.number.int({ min: from, max: to }).toString(16).toUpperCase().padStart(2, '0').repeat(3);
  return {
    thin: story.helpers.arrayElement([0.25, 0.3, 0.4, 0.5, 0.6]),
    wide: story.helpers.arrayElement([0.75, 0.8, 1, 1.1, 1.25, 1.5]),
    paleGrey: grey(0x90, 0xc8),
    grey: grey(0x40, 0x78),
    darkGrey: grey(0x08, 0x60),
    box: story.number.int({ min: 88, max: 146 }),
    boxHeight: story.number.float({ min: 2.7, max: 4.1, fractionDigits: 1 }),
    diagram: story.number.float({ min: 0.82, max: 1, fractionDigits: 2 }),
    aside: story.number.float({ min: 0, max: 1, fractionDigits: 2 }),
    firstColumn: story.number.float({ min: -0.04, max: 0.07, fractionDigits: 2 }),
  };
}

/** Puts a plan on pages from top to bottom; lengths in points. */
export class PlanSheet {
  readonly #document: PdfDocument;
  readonly #look: OfficeLook;
  readonly #height: number;
  readonly #left: number;
  readonly #width: number;
  readonly #size: number;
  readonly #filled: boolean;
  readonly #pen: Pen;
  #top: number;

  constructor(document: PdfDocument, look: OfficeLook, story: Faker, page: readonly [number, number]) {
    this.#document = document;
    this.#look = look;
    this.#left = story.number.int({ min: 40, max: 72 });
    this.#width = page[0] - this.#left - story.number.int({ min: 34, max: 72 });
    this.#height = page[1];
    this.#size = story.helpers.arrayElement([8.5, 9, 9.5]);
    this.#filled = story.datatype.boolean({ probability: 0.6 });
    this.#top = story.number.int({ min: 60, max: 76 });
    this.#pen = penOf(story);
  }

  title(title: string, subtitle: string): void {
    this.#document.text(title, this.#left, this.#top, 'bold', this.#size * 2, this.#look.dark);
    this.#top += this.#size * 1.9;
    this.#document.text(subtitle, this.#left, this.#top, 'regular', this.#size, this.#pen.grey);
    this.#top += this.#size;
    this.#document.line(
      this.#left,
      this.#top,
      this.#left + this.#width,
      this.#top,
      this.#pen.wide,
      this.#look.dark,
    );
    this.#top += this.#size;
  }

  heading(text: string): void {
    this.#room(this.#size * 8);
    this.#top += this.#size * 2;
    this.#document.text(text, this.#left, this.#top, 'bold', this.#size * 1.35, this.#look.dark);
    this.#top += this.#size * 0.9;
  }

  remark(text: string): void {
    this.#room(this.#size * 2);
    this.#top += this.#size * 1.5;
    this.#document.text(`- ${text}`, this.#left, this.#top, 'regular', this.#size);
  }

  /** Columns are shares of the width; those numbered in `codes` are set in a face for code. */
  table(
    heads: readonly string[],
    shares: readonly number[],
    codes: readonly number[],
    rows: readonly (readonly string[])[],
  ): void {
    const others = 1 - (shares[0] ?? 0);
    const drawn = shares.map((share, at) =>
      at === 0 ? share + this.#pen.firstColumn : share - (this.#pen.firstColumn * share) / others,
    );
    const columns = drawn.map((share, at) => ({
      left: this.#left + this.#width * drawn.slice(0, at).reduce((sum, one) => sum + one, 0) + 3,
      room: this.#width * share - 6,
      face: codes.includes(at) ? ('mono' as const) : ('regular' as const),
    }));
    const high = this.#size * 1.75;
    // A head alone at the foot of a page looks forgotten.
    this.#room(high * 3);
    const { dark, pale } = this.#look;
    this.#document.box(this.#left, this.#top, this.#width, high, this.#filled ? dark : pale);
    const colour = this.#filled ? 'FFFFFF' : '000000';
    this.#row(
      heads,
      columns.map((column) => ({ ...column, face: 'bold' })),
      high,
      colour,
    );
    for (const row of rows) {
      this.#room(high);
      this.#row(row, columns, high, '000000');
    }
  }

  #row(texts: readonly string[], columns: readonly Column[], high: number, colour: string): void {
    for (const [at, text] of texts.entries()) {
      const column = columns[at];
      if (column === undefined) continue;
      const wide = this.#document.widthOf(text, column.face, this.#size);
      const size = wide > column.room ? (this.#size * column.room) / wide : this.#size;
      this.#document.text(text, column.left, this.#top + high * 0.68, column.face, size, colour);
    }
    this.#top += high;
    this.#document.line(
      this.#left,
      this.#top,
      this.#left + this.#width,
      this.#top,
      this.#pen.thin,
      this.#pen.paleGrey,
    );
  }

  /** The way from outside over the gateway to each network. */
  diagram(
    internet: string,
    gateway: { readonly name: string; readonly address: string },
    networks: readonly { readonly name: string; readonly network: string }[],
  ): void {
    const high = this.#size * this.#pen.boxHeight;
    this.#room(high * 5);
    // Somewhat to one side, as a drawing that was put in by hand.
    const wide = (this.#width * this.#pen.diagram) / networks.length;
    const edge = this.#left + this.#width * (1 - this.#pen.diagram) * this.#pen.aside;
    const middle = edge + (wide * networks.length) / 2;
    const top = this.#top + 4;
    this.#node(internet, '', middle, top, this.#pen.box, high, undefined);
    this.#document.line(middle, top + high, middle, top + high * 1.6, this.#pen.wide, this.#pen.darkGrey);
    this.#node(
      gateway.name,
      gateway.address,
      middle,
      top + high * 1.6,
      this.#pen.box + 16,
      high,
      this.#look.pale,
    );
    const bar = top + high * 3.1;
    this.#document.line(middle, top + high * 2.6, middle, bar, this.#pen.wide, this.#pen.darkGrey);
    const centre = (at: number) => edge + wide * (at + 0.5);
    this.#document.line(
      centre(0),
      bar,
      centre(networks.length - 1),
      bar,
      this.#pen.wide * 1.4,
      this.#look.dark,
    );
    for (const [at, { name, network }] of networks.entries()) {
      this.#document.line(centre(at), bar, centre(at), bar + high * 0.5, this.#pen.wide, this.#pen.darkGrey);
      this.#node(name, network, centre(at), bar + high * 0.5, wide - 10, high, undefined);
    }
    this.#top = bar + high * 1.7;
  }

  #node(
    name: string,
    detail: string,
    middle: number,
    top: number,
    width: number,
    high: number,
    fill: string | undefined,
  ): void {
    this.#document.box(middle - width / 2, top, width, high, fill, {
      colour: this.#look.dark,
      width: this.#pen.wide * 0.75,
    });
    const lines = [name, detail].filter((line) => line !== '');
    for (const [at, line] of lines.entries()) {
      const face = at === 0 ? 'bold' : 'mono';
      const size = Math.min(
        this.#size,
        (this.#size * (width - 6)) / this.#document.widthOf(line, face, this.#size),
      );
      const wide = this.#document.widthOf(line, face, size);
      const down = lines.length === 1 ? high * 0.6 : high * (0.42 + at * 0.38);
      this.#document.text(line, middle - wide / 2, top + down, face, size);
    }
  }

  #room(height: number): void {
    if (this.#top + height < this.#height - 56) return;
    this.#document.addPage();
    this.#top = 60;
  }
}
