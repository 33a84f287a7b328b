import { type Options, readOptions } from './options.js';

/** Programs whose first operand is a pattern or a program, unless one of these options gave it. */
const patternFirst: ReadonlyMap<string, readonly string[]> = new Map([
  ['grep', ['e', 'f', 'regexp', 'file']],
  ['rg', ['e', 'f', 'regexp', 'file', 'files']],
  ['ag', ['g']],
  ['sed', ['e', 'f', 'expression', 'file']],
  ['awk', ['f', 'file']],
  ['jq', ['f', 'from-file']],
  ['yq', []],
]);
/** Options whose value is text: a pattern, code, what is sent. */
const textOptions: ReadonlyMap<string, readonly string[]> = new Map([
  ['grep', ['e', 'regexp', 'm', 'A', 'B', 'C', 'include', 'exclude', 'exclude-dir']],
  ['rg', ['e', 'regexp', 'g', 't', 'T']],
  ['sed', ['e', 'expression']],
  ['awk', ['F', 'v']],
  ['cut', ['d', 'f', 'c', 'b']],
  ['head', ['n', 'c']],
  ['tail', ['n', 'c']],
  ['python', ['c', 'm']],
  ['perl', ['e', 'E']],
  ['ruby', ['e']],
  ['php', ['r']],
  ['scp', ['i', 'F', 'o', 'P', 'l', 'c']],
  ['sftp', ['i', 'F', 'o', 'P', 'l', 'c']],
  ['shred', ['n', 's', 'iterations', 'size']],
  ['ssh', ['o', 'p', 'l']],
]);
/** Options of curl whose value names a file as it stands; of others only what follows `@` or `<` does. */
const filesOfCurl = new Set(
  'o T K E b c output upload-file config cert key cacert cookie cookie-jar unix-socket'.split(' '),
);

/** The arguments that may name a file, or hold such a name behind `--option=`. */
export function pathWords(program: string, args: readonly string[]): readonly string[] {
  if (program === 'curl') return pathsOfCurl(readOptions(program, args));
  const given = patternFirst.get(program);
  const text = textOptions.get(program);
  if (given === undefined && text === undefined) return args;
  const { flags, operands, values } = readOptions(program, args);
  const plain = given === undefined || given.some((option) => flags.has(option));
  return [
    ...(plain ? operands : operands.slice(1)),
    ...values.flatMap(({ option, value }) => (text?.includes(option) ? [] : [value])),
  ];
}

/** Operands are addresses: `example.com/password` is no file. */
function pathsOfCurl({ operands, values }: Options): string[] {
  const files = operands.filter((word) => word.startsWith('file://'));
  for (const { option, value } of values) {
    const marked = /^[^@<]{0,200}[@<](.+)$/.exec(value);
    if (filesOfCurl.has(option)) files.push(value);
    else if (marked !== null && option !== 'H' && option !== 'u')
      files.push((marked[1] as string).split(';')[0] as string);
  }
  return files;
}
