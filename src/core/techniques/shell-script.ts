/** Longest text that is looked at, in characters: what an intruder writes must not cost the daemon its time. */
export const longestText = 4096;
const mostCommands = 64;
const deepest = 3;

/** One simple command of a shell script, as far as it can be told without running it. */
export interface ScriptCommand {
  /** `NAME=value` before the program. */
  readonly assignments: string[];
  /** Program and arguments; what the shell would expand stands as it was written. */
  readonly words: string[];
  /** Files behind `<`, `>` and `>>`. */
  readonly reads: string[];
  readonly writes: string[];
  /** Commands of one pipeline have one number. */
  readonly pipeline: number;
  /** The command whose words come out of this one: `sh -c "$(this)"`, `source <(this)`. */
  readonly feeds?: ScriptCommand;
}

const keywords = new Set([
  'if',
  'then',
  'elif',
  'else',
  'while',
  'until',
  'do',
  'done',
  'fi',
  'esac',
  '!',
  '{',
  '}',
  'time',
]);
const assignment = /^[A-Za-z_][A-Za-z0-9_]*\+?=/;

type Redirect = 'none' | 'read' | 'write' | 'ignored';

/** Reads a script roughly: quotes, pipes, lists, redirections and substitutions. Never throws; bounded. */
export function parseScript(text: string): ScriptCommand[] {
  const found: ScriptCommand[] = [];
  new ScriptReader(text.slice(0, longestText), found, 0, undefined).read();
  return found.filter(
    ({ words, assignments, writes }) => words.length + assignments.length + writes.length > 0,
  );
}

/** Splits a command line into its arguments as a shell would, or nothing if it is more than one command. */
export function plainArguments(line: string): string[] | undefined {
  const commands = parseScript(line);
  const only = commands[0];
  if (commands.length !== 1 || only === undefined) return undefined;
  if (only.assignments.length + only.reads.length + only.writes.length > 0) return undefined;
  return only.words;
}

class ScriptReader {
  private at = 0;
  private word: string | undefined;
  private redirect: Redirect = 'none';
  private command: ScriptCommand;
  private pipeline: number;

  constructor(
    private readonly text: string,
    private readonly found: ScriptCommand[],
    private readonly depth: number,
    private readonly feeds: ScriptCommand | undefined,
  ) {
    this.pipeline = found.length + depth * 1000;
    this.command = this.begin();
  }

  read(): void {
    while (this.at < this.text.length && this.found.length < mostCommands) this.step();
    this.endCommand(false);
  }

  private step(): void {
    const character = this.text[this.at] as string;
    if (character === "'") this.single();
    else if (character === '"') this.double();
    else if (character === '\\') this.escaped();
    else if (this.substitution()) return;
    else if (character === ' ' || character === '\t' || character === '\r')
      this.skip(1, () => this.endWord());
    else if (character === '#' && this.word === undefined) this.comment();
    else if (character === '>' || character === '<' || this.text.startsWith('&>', this.at))
      this.redirection();
    else if (';&|\n()'.includes(character)) this.operator(character);
    else this.add(character, 1);
  }

  private skip(count: number, then: () => void): void {
    this.at += count;
    then();
  }

  private add(part: string, length: number): void {
    this.word = (this.word ?? '') + part;
    this.at += length;
  }

  private single(): void {
    const end = this.text.indexOf("'", this.at + 1);
    const stop = end < 0 ? this.text.length : end;
    this.add(this.text.slice(this.at + 1, stop), stop + 1 - this.at);
  }

  private double(): void {
    this.add('', 1);
    while (this.at < this.text.length) {
      const character = this.text[this.at] as string;
      if (character === '"') {
        this.at += 1;
        return;
      }
      if (character === '\\' && '"\\$`'.includes(this.text[this.at + 1] ?? ' ')) this.escaped();
      else if (!this.substitution()) this.add(character, 1);
    }
  }

  private escaped(): void {
    const next = this.text[this.at + 1] ?? '';
    this.add(next === '\n' ? '' : next, 2);
  }

  /** `$(...)`, backquotes and `<(...)`: the inside is a script of its own. */
  private substitution(): boolean {
    const start = this.text.slice(this.at, this.at + 2);
    if (start[0] === '`') {
      const end = this.text.indexOf('`', this.at + 1);
      return this.nested(this.at + 1, end < 0 ? this.text.length : end);
    }
    if (start === '$(' || start === '<(' || start === '>(')
      return this.nested(this.at + 2, this.closing(this.at + 2));
    return false;
  }

  private nested(from: number, to: number): boolean {
    if (this.depth < deepest)
      new ScriptReader(this.text.slice(from, to), this.found, this.depth + 1, this.command).read();
    this.add(this.text.slice(this.at, to + 1), to + 1 - this.at);
    return true;
  }

  private closing(from: number): number {
    let open = 1;
    for (let at = from; at < this.text.length; at += 1) {
      if (this.text[at] === '(') open += 1;
      if (this.text[at] === ')') open -= 1;
      if (open === 0) return at;
    }
    return this.text.length;
  }

  private comment(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  private redirection(): void {
    if (this.word !== undefined && /^\d+$/.test(this.word)) this.word = undefined;
    this.endWord();
    const sign = redirectionSign(this.text, this.at);
    this.at += sign.length;
    if (sign.startsWith('<<')) this.redirect = 'ignored';
    else if (sign.endsWith('&') && /[\d-]/.test(this.text[this.at] ?? '')) this.redirect = 'ignored';
    else this.redirect = sign.startsWith('<') ? 'read' : 'write';
  }

  private operator(character: string): void {
    const piped = character === '|' && this.text[this.at + 1] !== '|';
    this.at += this.text[this.at + 1] === character || this.text.startsWith('|&', this.at) ? 2 : 1;
    this.endCommand(piped);
  }

  private endWord(): void {
    const { word } = this;
    if (word === undefined) return;
    this.word = undefined;
    const redirect = this.redirect;
    this.redirect = 'none';
    if (redirect === 'read') this.command.reads.push(word);
    else if (redirect === 'write') this.command.writes.push(word);
    else if (redirect === 'none') this.place(word);
  }

  private place(word: string): void {
    const { words, assignments } = this.command;
    if (words.length > 0) words.push(word);
    else if (keywords.has(word)) return;
    else if (assignment.test(word)) assignments.push(word);
    else words.push(word);
  }

  private endCommand(piped: boolean): void {
    this.endWord();
    this.redirect = 'none';
    if (!piped) this.pipeline += 1;
    this.command = this.begin();
  }

  private begin(): ScriptCommand {
    const command = { assignments: [], words: [], reads: [], writes: [], pipeline: this.pipeline };
    const whole = this.feeds === undefined ? command : { ...command, feeds: this.feeds };
    this.found.push(whole);
    return whole;
  }
}

function redirectionSign(text: string, at: number): string {
  for (const sign of ['<<<', '<<-', '&>>', '<<', '>>', '>|', '>&', '<&', '<>', '&>', '>', '<'])
    if (text.startsWith(sign, at)) return sign;
  return text[at] as string;
}
