import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where the demonstration is shown: plain text, with colours on a terminal that wants them. */
export class Stage {
  readonly #out: NodeJS.WriteStream;
  readonly #colours: boolean;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
    this.#colours = out.isTTY === true && process.env.NO_COLOR === undefined;
  }

  act(number: number, title: string): void {
    this.#line('');
    this.#line(`${this.#style(['bold', 'cyan'], ` ${number} `)} ${this.#style('bold', title)}`);
  }

  say(text: string): void {
    this.#line(`    ${text}`);
  }

  /** Something that the demonstration promises, and that happened. */
  done(text: string): void {
    this.#line(`  ${this.#style('green', '✓')} ${text}`);
  }

  /** Something that this host cannot do, and what is done instead. */
  reduced(text: string): void {
    this.#line(`  ${this.#style('yellow', '!')} ${text}`);
  }

  failed(text: string): void {
    this.#line(`  ${this.#style('red', '✗')} ${text}`);
  }

  /** Words of somebody else, set apart. */
  quote(lines: readonly string[]): void {
    for (const line of lines) this.#line(this.#style('dim', `    | ${line}`));
  }

  facts(rows: readonly (readonly [name: string, value: string])[]): void {
    const width = Math.max(...rows.map(([name]) => name.length));
    for (const [name, value] of rows) this.#line(`    ${this.#style('dim', name.padEnd(width))}  ${value}`);
  }

  headline(text: string): void {
    this.#line('');
    this.#line(this.#style('bold', text));
  }

  #style(style: Style, text: string): string {
    return this.#colours ? styleText(style, text) : text;
  }

  #line(text: string): void {
    this.#out.write(`${text}\n`);
  }
}
