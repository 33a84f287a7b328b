import type { Act } from './act.js';
import { nameOf } from './acts-of.js';
import { addressScope } from './address-scope.js';
import type {
  AddressCondition,
  ArgsCondition,
  Condition,
  ModeWord,
  PathCondition,
  TextCondition,
} from './condition.js';
import { packagedProgram } from './packaged-program.js';
import { linearRegex, oneOf, type TextTest } from './pattern.js';

export type ActTest = (act: Act) => boolean;

const modeBits: Readonly<Record<ModeWord, number>> = {
  setuid: 0o4000,
  setgid: 0o2000,
  executable: 0o111,
  'world-writable': 0o002,
};

/** How each part becomes a test, the cheapest first. */
const parts: { readonly [Key in keyof Condition]-?: (value: NonNullable<Condition[Key]>) => ActTest } = {
  program: (names) => onText(oneOf(names), (act) => act.program),
  installed: (names) => {
    const test = oneOf(names);
    return ({ executable }) => test(packagedProgram(executable) ?? '');
  },
  fileInput: (wanted) => (act) => act.fileInput === wanted,
  mode: (words) => (act) =>
    act.mode !== undefined && words.some((word) => ((act.mode ?? 0) & modeBits[word]) !== 0),
  gained: () => gainedRoot,
  verb: (words) => onText(oneOf(words), (act) => act.options().operands[0] ?? ''),
  flag: (names) => (act) => {
    const { flags } = act.options();
    return names.some((name) => flags.has(name));
  },
  sets: (names) => onAny(oneOf(names), (act) => act.sets),
  pipedTo: (names) => onAny(oneOf(names), (act) => act.pipedTo),
  pipedFrom: (names) => onAny(oneOf(names), (act) => act.pipedFrom),
  parent: ({ program, installed }) => {
    const called = program && oneOf(program);
    const lies = installed && oneOf(installed);
    return ({ event: { parent } }) =>
      parent !== undefined &&
      (called === undefined || called(nameOf(parent))) &&
      (lies === undefined || lies(packagedProgram(parent.executable) ?? ''));
  },
  args: (condition) => argsTest(condition),
  path: (condition) => onAny(pathTest(condition), (act) => act.paths),
  children: ({ of, atLeast }) => {
    const prefixes = of.map((folder) => `${folder}/`);
    return ({ paths }) => prefixes.some((prefix) => childrenIn(prefix, paths) >= atLeast);
  },
  executable: (condition) => {
    const test = pathTest(condition);
    return ({ executable }) => executable !== undefined && test(executable);
  },
  address: (condition) => addressTest(condition),
  text: (condition) => onText(textTest(condition), (act) => act.text()),
  not: (condition) => {
    const test = compileCondition(condition);
    return (act) => !test(act);
  },
  any: (conditions) => {
    const tests = conditions.map(compileCondition);
    return (act) => tests.some((test) => test(act));
  },
};

/**
 * A condition as a test of an act.
 * @throws PatternRefused
 */
export function compileCondition(condition: Condition): ActTest {
  const tests: ActTest[] = [];
  for (const key of Object.keys(parts) as (keyof Condition)[]) {
    const value = condition[key];
    if (value !== undefined) tests.push((parts[key] as (given: unknown) => ActTest)(value));
  }
  return (act) => {
    for (const test of tests) if (!test(act)) return false;
    return true;
  };
}

function onText(test: TextTest, text: (act: Act) => string): ActTest {
  return (act) => test(text(act));
}

function onAny(test: TextTest, texts: (act: Act) => readonly string[]): ActTest {
  return (act) => {
    for (const text of texts(act)) if (test(text)) return true;
    return false;
  };
}

function argsTest({ any, all, none, regex, last, atMost, atLeast }: ArgsCondition): ActTest {
  const tests: ((args: readonly string[]) => boolean)[] = [];
  if (atMost !== undefined) tests.push((args) => args.length <= atMost);
  if (atLeast !== undefined) tests.push((args) => args.length >= atLeast);
  if (any !== undefined) tests.push(someArgument(oneOf(any)));
  for (const word of all ?? []) tests.push(someArgument(oneOf([word])));
  if (last !== undefined) {
    const test = oneOf(last);
    tests.push((args) => test(args.at(-1) ?? ''));
  }
  if (none !== undefined) {
    const test = someArgument(oneOf(none));
    tests.push((args) => !test(args));
  }
  if (regex !== undefined) tests.push(someArgument(linearRegex(regex)));
  return ({ args }) => tests.every((test) => test(args));
}

function someArgument(test: TextTest): (args: readonly string[]) => boolean {
  return (args) => args.some(test);
}

function textTest({ any, all, regex }: TextCondition): TextTest {
  const anyOf = any?.map((part) => part.toLowerCase());
  const allOf = all?.map((part) => part.toLowerCase());
  const pattern = regex === undefined ? undefined : linearRegex(regex);
  return (text) =>
    (anyOf === undefined || anyOf.some((part) => text.includes(part))) &&
    (allOf === undefined || allOf.every((part) => text.includes(part))) &&
    (pattern === undefined || pattern(text));
}

function childrenIn(prefix: string, paths: readonly string[]): number {
  const inside = paths.filter((path) => path.startsWith(prefix) && path.length > prefix.length);
  return new Set(inside.filter((path) => !path.includes('/', prefix.length))).size;
}

function pathTest({ is, under, name, suffix, contains, hidden, not }: PathCondition): TextTest {
  const tests: TextTest[] = [];
  if (is !== undefined) tests.push(oneOf(is));
  if (under !== undefined) {
    const folders = under.map((folder) => (folder.endsWith('/') ? folder : `${folder}/`));
    tests.push((path) => folders.some((folder) => path.startsWith(folder) || path === folder.slice(0, -1)));
  }
  if (suffix !== undefined) tests.push((path) => suffix.some((end) => path.endsWith(end)));
  if (contains !== undefined) tests.push((path) => contains.some((part) => path.includes(part)));
  if (name !== undefined) {
    const test = oneOf(name);
    tests.push((path) => test(path.slice(path.lastIndexOf('/') + 1)));
  }
  if (hidden !== undefined) tests.push((path) => hidden === hiddenName(path));
  for (const none of not ?? []) {
    const test = pathTest(none);
    tests.push((path) => !test(path));
  }
  return (path) => {
    for (const test of tests) if (!test(path)) return false;
    return true;
  };
}

function addressTest({ scope, ip, port, path }: AddressCondition): ActTest {
  const ipTest = ip === undefined ? undefined : oneOf(ip);
  const pathOf = path === undefined ? undefined : oneOf(path);
  const ports = port?.map(portRange);
  return ({ event: { address } }) => {
    if (address === undefined) return false;
    if (ipTest !== undefined && !ipTest(address.ip ?? '')) return false;
    if (pathOf !== undefined && !pathOf(address.path ?? '')) return false;
    if (scope !== undefined && !(address.ip !== undefined && scope.includes(addressScope(address.ip))))
      return false;
    return (
      ports === undefined ||
      ports.some(([from, to]) => (address.port ?? -1) >= from && (address.port ?? -1) <= to)
    );
  };
}

function portRange(port: number | string): readonly [number, number] {
  const [from, to] = String(port).split('-').map(Number);
  return [from as number, to ?? (from as number)];
}

function gainedRoot({ event: { before, process } }: Act): boolean {
  if (before === undefined || before.effectiveUid === 0 || before.uid === 0) return false;
  return (process.effectiveUid ?? process.uid) === 0;
}

function hiddenName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.startsWith('.') && name !== '.' && name !== '..';
}
