import { syntaxOf } from './option-syntax.js';

/** The arguments of a command, told apart as its program would. */
export interface Options {
  /** Every option without dashes: letters of bundles one by one, whole words too (`-quiet`, `--list`). */
  readonly flags: ReadonlySet<string>;
  /** What is no option and no value of one. */
  readonly operands: readonly string[];
  readonly values: readonly OptionValue[];
}

export interface OptionValue {
  /** Without dashes. */
  readonly option: string;
  readonly value: string;
}

const longestBundle = 11;

/** Reads arguments (without the program). What is not known of a program is read as getopt(3) would without values. */
export function readOptions(program: string, args: readonly string[]): Options {
  const reader = new OptionReader(program);
  reader.read(args);
  return reader;
}

class OptionReader implements Options {
  readonly flags = new Set<string>();
  readonly operands: string[] = [];
  readonly values: OptionValue[] = [];
  private readonly syntax: ReturnType<typeof syntaxOf>;

  constructor(program: string) {
    this.syntax = syntaxOf(program);
  }

  read(args: readonly string[]): void {
    let at = this.firstLetters(args[0] ?? '') ? 1 : 0;
    while (at < args.length) {
      const word = args[at] as string;
      if (word === '--' || this.operands.length >= this.syntax.optionsEnd) break;
      at += this.take(word, args[at + 1]);
    }
    this.operands.push(...args.slice(args[at] === '--' ? at + 1 : at));
  }

  /** tar(1): the first argument is letters also without a dash. */
  private firstLetters(word: string): boolean {
    if (!this.syntax.lettersFirst || !/^[A-Za-z]{1,11}$/.test(word)) return false;
    for (const letter of word) this.flags.add(letter);
    return true;
  }

  /** How many words it took. */
  private take(word: string, next: string | undefined): number {
    if (word.length < 2 || word[0] !== '-') {
      this.operands.push(word);
      return 1;
    }
    const waiting = word[1] === '-' ? this.long(word.slice(2)) : this.short(word.slice(1));
    if (waiting === undefined || next === undefined) return 1;
    this.values.push({ option: waiting, value: next });
    return 2;
  }

  /** The option that waits for its value, if it does. */
  private long(word: string): string | undefined {
    const equals = word.indexOf('=');
    const option = equals < 0 ? word : word.slice(0, equals);
    this.flags.add(option);
    if (equals < 0) return this.syntax.words.has(option) ? option : undefined;
    this.values.push({ option, value: word.slice(equals + 1) });
    return undefined;
  }

  private short(word: string): string | undefined {
    const { wholeWords, words } = this.syntax;
    const valued = this.takesValue(word[0] as string);
    // `-quiet`, `-sn`; but `-XGET` is the value of a letter.
    if (!valued || word.length === 1) this.flags.add(word);
    if (wholeWords) return words.has(word) ? word : undefined;
    return valued || word.length <= longestBundle ? this.bundle(word) : undefined;
  }

  private bundle(word: string): string | undefined {
    for (let at = 0; at < word.length; at += 1) {
      const letter = word[at] as string;
      if (!/[A-Za-z0-9]/.test(letter)) return undefined;
      this.flags.add(letter);
      if (!this.takesValue(letter)) continue;
      if (at + 1 === word.length) return this.syntax.letters.has(letter) ? letter : undefined;
      this.values.push({ option: letter, value: word.slice(at + 1) });
      return undefined;
    }
    return undefined;
  }

  private takesValue(letter: string): boolean {
    return this.syntax.letters.has(letter) || this.syntax.attached.has(letter);
  }
}
