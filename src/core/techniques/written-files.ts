/** What a command says in its arguments that it will do to files. */
export interface FileWork {
  readonly kind: 'open-write' | 'unlink' | 'chmod';
  readonly path: string;
  readonly mode?: number;
}

const option = (word: string) => word.length > 1 && word.startsWith('-');
const plain = (args: readonly string[]) => args.filter((word) => !option(word));

/** The file an option names: `-o FILE`, `-oFILE`, `--output=FILE`. */
function optionValue(args: readonly string[], names: readonly string[]): string[] {
  for (const [at, word] of args.entries()) {
    for (const name of names) {
      if (word === name) return args.slice(at + 1, at + 2);
      if (name.startsWith('--') && word.startsWith(`${name}=`)) return [word.slice(name.length + 1)];
      if (!name.startsWith('--') && word.startsWith(name)) return [word.slice(name.length)];
    }
  }
  return [];
}

const copied = (args: readonly string[]) => {
  const named = optionValue(args, ['--target-directory']);
  const files = plain(args);
  if (named.length > 0) return named;
  const target = files.length > 1 ? (files.at(-1) as string) : undefined;
  if (target === undefined) return [];
  const source = files[0] as string;
  // Into a folder the file keeps its name.
  const within =
    target.endsWith('/') || !/[.\w-]/.test(target.at(-1) ?? '')
      ? [`${target}${source.split('/').at(-1)}`]
      : [];
  return [target, ...within, `${target}/${source.split('/').at(-1)}`];
};

const edited = (args: readonly string[]) => plain(args).filter((word) => !word.startsWith('+'));

const writers: ReadonlyMap<string, (args: readonly string[]) => readonly string[]> = new Map(
  Object.entries({
    tee: plain,
    cp: copied,
    mv: copied,
    ln: copied,
    install: copied,
    rsync: (args) =>
      plain(args)
        .slice(-1)
        .filter((word) => !word.includes(':')),
    scp: (args) =>
      plain(args)
        .slice(-1)
        .filter((word) => !word.includes(':')),
    dd: (args) => args.filter((word) => word.startsWith('of=')).map((word) => word.slice(3)),
    sed: (args) =>
      args.some((word) => /^(?:-[a-zA-Z]*i|--in-place)/.test(word)) ? plain(args).slice(-1) : [],
    perl: (args) => (args.some((word) => /^-[a-z]*i/.test(word)) ? plain(args).slice(-1) : []),
    truncate: plain,
    vim: edited,
    nano: edited,
    emacs: edited,
    ed: edited,
    pico: edited,
    micro: edited,
    sudoedit: edited,
    curl: (args) => optionValue(args, ['-o', '--output']),
    wget: (args) => optionValue(args, ['-O', '--output-document']),
  }),
);

/** Files that a command will write, remove or change the mode of, by its arguments. */
export function fileWork(program: string, args: readonly string[]): FileWork[] {
  const written = writers.get(program)?.(args) ?? [];
  const work: FileWork[] = written.map((path) => ({ kind: 'open-write', path }));
  if (program === 'rm' || program === 'unlink' || program === 'shred')
    work.push(...plain(args).map((path): FileWork => ({ kind: 'unlink', path })));
  if (program === 'chmod') work.push(...chmodWork(args));
  if (program === 'install') work.push(...installedMode(args));
  return work;
}

function chmodWork(args: readonly string[]): FileWork[] {
  const words = args.filter((word) => !/^--|^-[Rcfv]+$/.test(word));
  const mode = modeBits(words[0] ?? '');
  if (mode === undefined) return [];
  return words.slice(1).map((path) => ({ kind: 'chmod', path, mode }));
}

function installedMode(args: readonly string[]): FileWork[] {
  const mode = modeBits(optionValue(args, ['-m', '--mode'])[0] ?? '');
  const path = plain(args).at(-1);
  return mode === undefined || path === undefined ? [] : [{ kind: 'chmod', path, mode }];
}

/** Bits that a mode sets, such as `4755`, `u+s`, `+x` or `a=rwx`; undefined when it is no mode. */
export function modeBits(text: string): number | undefined {
  if (/^[0-7]{3,5}$/.test(text)) return Number.parseInt(text, 8);
  if (!/^[ugoa]*[+=-][rwxXst]*(?:,[ugoa]*[+=-][rwxXst]*){0,9}$/.test(text)) return undefined;
  return text.split(',').reduce((bits, clause) => bits | clauseBits(clause), 0);
}

function clauseBits(clause: string): number {
  const [, given = '', sign, permissions = ''] = /^([ugoa]*)([+=-])(\w*)$/.exec(clause) ?? [];
  if (sign === undefined || sign === '-') return 0;
  const who = given === '' || given.includes('a') ? 'ugo' : given;
  const special = permissions.includes('s')
    ? (who.includes('u') ? 0o4000 : 0) | (who.includes('g') ? 0o2000 : 0)
    : 0;
  return ['o', 'g', 'u'].reduce(
    // The umask takes the write bit from others unless it is asked for by name.
    (bits, person, place) =>
      who.includes(person) ? bits | (rwx(permissions, given !== '' || person === 'u') << (place * 3)) : bits,
    special,
  );
}

function rwx(permissions: string, writable: boolean): number {
  const read = permissions.includes('r') ? 4 : 0;
  const write = permissions.includes('w') && writable ? 2 : 0;
  return read | write | (/[xX]/.test(permissions) ? 1 : 0);
}
