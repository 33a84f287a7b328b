import { integer } from './command.js';
import { type ListedCommand, marksOf } from './command-table.js';
import type { Reply } from './reply.js';

/** A key among the words of a command, and what the command does with it. */
export interface KeyPosition {
  readonly at: number;
  readonly flags: readonly Reply[];
}

const [overwritten, changed, readOnly] = [
  ['OW', 'update'],
  ['RW', 'access', 'update'],
  ['RO', 'access'],
].map((all) => all.map((status) => ({ status }))) as [Reply[], Reply[], Reply[]];

type Fields = Readonly<Record<string, Reply>>;

/**
 * Where a command has its keys, as `getKeysUsingKeySpecs` of Redis 7.0 finds them (db.c). A specification that cannot
 * say it makes the server ask code of the command instead: of SORT and MIGRATE.
 */
export function keyPositions(command: ListedCommand, words: readonly string[]): readonly KeyPosition[] {
  const specs = specsOf(command);
  const [first] = specs;
  if (command.name === 'sort' || command.name === 'sort_ro')
    return sortKeys(words, first === undefined ? [] : flagsOf(first), command.name === 'sort');
  if (command.name === 'migrate') return migrateKeys(words, first === undefined ? [] : flagsOf(first));
  const flags = flagsByWords[command.name]?.(words);
  return specs.flatMap((spec) => ofSpec(spec, words).map((at) => ({ at, flags: flags ?? flagsOf(spec) })));
}

/** Whether the command has keys at all; channels are none. */
export function hasKeys(command: ListedCommand): boolean {
  return specsOf(command).some((spec) => !flagsOf(spec).some((flag) => textOf(flag) === 'not_key'));
}

/** Whether it is no mistake to name no key. */
export function mayHaveNoKeys(command: ListedCommand): boolean {
  return marksOf(command, 2).includes('no_mandatory_keys');
}

function specsOf({ info }: ListedCommand): readonly Fields[] {
  const { set } = info[8] as { set: readonly Reply[] };
  return set.map(fieldsOf);
}

function ofSpec(spec: Fields, words: readonly string[]): readonly number[] {
  const first = beginning(fieldsOf(spec.begin_search), words);
  const range = first === 0 ? undefined : rangeFrom(fieldsOf(spec.find_keys), first, words);
  if (range === undefined || range.last < range.first || range.last >= words.length) return [];
  const places: number[] = [];
  for (let at = range.first; at <= range.last; at += range.step) places.push(at);
  return places;
}

/** 0: there are none. */
function beginning(search: Fields, words: readonly string[]): number {
  const spec = fieldsOf(search.spec);
  if (search.type === 'index') return Number(spec.index);
  const from = Number(spec.startfrom);
  const [start, end, step] = from > 0 ? [from, words.length - 1, 1] : [words.length + from, 1, -1];
  for (let at = start; at !== end && at > 0 && at < words.length; at += step)
    if (words[at]?.toLowerCase() === String(spec.keyword).toLowerCase()) return at + 1;
  return 0;
}

function rangeFrom(search: Fields, first: number, words: readonly string[]) {
  const spec = fieldsOf(search.spec);
  const step = Math.max(1, Number(spec.keystep));
  if (search.type === 'range') {
    const [last, limit] = [Number(spec.lastkey), Number(spec.limit)];
    if (last >= 0) return { first, last: first + last, step };
    if (limit <= 1) return { first, last: words.length + last, step };
    return { first, last: first + Math.trunc((words.length - first) / limit) + last, step };
  }
  const count = integer(words[first + Number(spec.keynumidx)]);
  if (count === undefined || count < 0) return undefined;
  const start = first + Number(spec.firstkey);
  return { first: start, last: start + (count - 1) * step, step };
}

/** The last STORE counts. */
function sortKeys(
  words: readonly string[],
  flags: readonly Reply[],
  stores: boolean,
): readonly KeyPosition[] {
  const skipped: Readonly<Record<string, number>> = { limit: 2, get: 1, by: 1 };
  let target: number | undefined;
  for (let at = 2; stores && at < words.length; at += 1) {
    const word = (words[at] as string).toLowerCase();
    if (word === 'store' && at + 1 < words.length) target = at + 1;
    at += Object.hasOwn(skipped, word) ? (skipped[word] as number) : 0;
  }
  return [{ at: 1, flags }, ...(target === undefined ? [] : [{ at: target, flags: overwritten }])];
}

/** `setGetKeys`, `bitfieldGetKeys`: what is done with the key stands in the arguments. */
const flagsByWords: Readonly<Record<string, (words: readonly string[]) => readonly Reply[]>> = {
  set: (words) => (words.slice(3).some((word) => word.toLowerCase() === 'get') ? changed : overwritten),
  bitfield: (words) => (bitfieldOnlyReads(words) ? readOnly : changed),
};

function bitfieldOnlyReads(words: readonly string[]): boolean {
  const skipped: Readonly<Record<string, number>> = { get: 2, overflow: 1 };
  let at = 2;
  while (at < words.length) {
    const skip = skipped[(words[at] as string).toLowerCase()];
    if (skip === undefined || at + skip >= words.length) return false;
    at += skip + 1;
  }
  return true;
}

/** The key is empty where several follow behind KEYS. */
function migrateKeys(words: readonly string[], flags: readonly Reply[]): readonly KeyPosition[] {
  const keys = words.findIndex((word, at) => at >= 6 && word.toLowerCase() === 'keys');
  if (keys < 0 || words[3] !== '') return [{ at: 3, flags }];
  return words.slice(keys + 1).map((_, index) => ({ at: keys + 1 + index, flags }));
}

function flagsOf(spec: Fields): readonly Reply[] {
  return (spec.flags as { set: readonly Reply[] }).set;
}

function textOf(flag: Reply): string {
  return (flag as { status: string }).status;
}

function fieldsOf(reply: Reply | undefined): Fields {
  const { map } = reply as { map: readonly (readonly [string, Reply])[] };
  return Object.fromEntries(map);
}
