import { programName } from './program-name.js';

/** Programs that run the program in their arguments, and which of their short options take a value. */
const wrappers = asMap({
  sudo: 'ugpCchrtTUDR',
  doas: 'uC',
  env: 'uCS',
  nohup: '',
  timeout: 'ks',
  nice: 'n',
  ionice: 'cnp',
  chrt: '',
  taskset: '',
  setsid: '',
  stdbuf: 'ioe',
  xargs: 'aEeIiLlnPsd',
  parallel: 'jIan',
  busybox: '',
  toybox: '',
  command: '',
  exec: 'a',
  builtin: '',
  time: 'fo',
  watch: 'nd',
  flock: 'wE',
  strace: 'eopsau',
  sshpass: 'fdpP',
  unbuffer: '',
  torsocks: '',
  torify: '',
  proxychains: 'f',
  proxychains4: 'f',
  chroot: '',
});

/** Wrappers with arguments of their own before the program: `timeout 5 PROGRAM`, `chroot /mnt PROGRAM`. */
const ownArguments = asMap({
  timeout: 1,
  taskset: 1,
  chrt: 1,
  flock: 1,
  chroot: 1,
});

const assignment = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** A command line in two: the wrapper with its own arguments, and what it runs. */
export interface Unwrapped {
  readonly own: readonly string[];
  readonly inner: readonly string[];
}

/** Looks through one wrapper; undefined when the program is none or runs nothing. */
export function unwrap(words: readonly string[]): Unwrapped | undefined {
  const name = programName(words[0] ?? '');
  if (name === 'find') return unwrapFind(words);
  const valued = wrappers.get(name);
  if (valued === undefined) return undefined;
  const at = innerStart(words, valued, ownArguments.get(name) ?? 0);
  return at >= words.length ? undefined : { own: words.slice(1, at), inner: words.slice(at) };
}

/** Index of the first word that is neither option nor value nor the wrapper's own argument. */
function innerStart(words: readonly string[], valued: string, ownWords: number): number {
  let left = ownWords;
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] as string;
    if (word === '--') return at + 1;
    if (word.length > 1 && word.startsWith('-')) {
      if (takesNext(word, valued)) at += 1;
    } else if (!assignment.test(word)) {
      if (left === 0) return at;
      left -= 1;
    }
  }
  return words.length;
}

/** `-u` takes the next word, `-uroot` does not; long options are taken to carry their value. */
function takesNext(word: string, valued: string): boolean {
  return word.length === 2 && valued.includes(word[1] as string);
}

/** `find ... -exec PROGRAM {} ;`. */
function unwrapFind(words: readonly string[]): Unwrapped | undefined {
  const at = words.findIndex((word) => word === '-exec' || word === '-execdir' || word === '-ok');
  if (at < 0) return undefined;
  const rest = words.slice(at + 1);
  const end = rest.findIndex((word) => word === ';' || word === '+');
  const inner = end < 0 ? rest : rest.slice(0, end);
  return inner.length === 0 ? undefined : { own: words.slice(1), inner };
}

const shells = new Set(['sh', 'bash', 'zsh', 'ksh', 'mksh', 'fish', 'csh', 'tcsh']);

/** The script in a command line: `sh -c SCRIPT`, `su -c SCRIPT`, `eval ...`. */
export function scriptWithin(words: readonly string[]): string | undefined {
  const name = programName(words[0] ?? '');
  if (name === 'eval') return words.slice(1).join(' ');
  if (name === 'trap') return words[1];
  if (shells.has(name)) return after(words, /^-[a-z]*c[a-z]*$/);
  if (name === 'su' || name === 'runuser' || name === 'script' || name === 'flock')
    return after(words, /^(?:-[a-z]*c|--command)$/);
  if (name === 'watch') return words.filter((word, index) => index > 0 && !word.startsWith('-')).join(' ');
  return undefined;
}

function after(words: readonly string[], option: RegExp): string | undefined {
  const at = words.findIndex((word, index) => index > 0 && option.test(word));
  return at < 0 ? undefined : words[at + 1];
}

/** Keys of a table are looked up with names that a hostile process chose: an object has more keys than its own. */
function asMap<Value>(table: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(table));
}
