import { longestText } from './shell-script.js';

/** A pattern that a rule must not use; the message says why. */
export class PatternRefused extends Error {
  override readonly name = 'PatternRefused';
}

/** Whether a text is meant. */
export type TextTest = (text: string) => boolean;

/** Equal to one of the words; `*` in a word stands for anything. */
export function oneOf(words: readonly string[]): TextTest {
  const exact = new Set(words.filter((word) => !word.includes('*')));
  const globs = words.filter((word) => word.includes('*')).map((word) => word.split('*'));
  if (globs.length === 0) return (text) => exact.has(text);
  return (text) => exact.has(text) || globs.some((pieces) => follows(text, pieces));
}

/** The pieces stand in this order, the first at the start and the last at the end: time is linear in the text. */
function follows(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] as string;
  const last = pieces.at(-1) as string;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}

/**
 * A regular expression whose time stays small on any text of at most `longestText` characters.
 * JavaScript's engine backtracks, so what makes it slow is not accepted: groups repeated without a bound,
 * back references, looking around, and more than one repetition without a bound.
 * @throws PatternRefused
 */
export function linearRegex(source: string): TextTest {
  const unescaped = source.replace(/\\[^1-9k]/g, '_').replace(/\[[^\]]*\]/g, '_');
  if (/\\[1-9k]|\(\?[=!<]/.test(unescaped))
    throw new PatternRefused('back references and looking around are not accepted');
  if (/\)(?:[*+]|\{)/.test(unescaped)) throw new PatternRefused('a group must not be repeated');
  if ((unescaped.match(/[*+]|\{\d+,\}/g) ?? []).length > 1)
    throw new PatternRefused('at most one repetition without a bound (* + {n,})');
  if (/\{\d*,?\d{3,}\}/.test(unescaped)) throw new PatternRefused('a bound of a repetition is at most 99');
  let compiled: RegExp;
  try {
    compiled = new RegExp(source);
  } catch (error) {
    throw new PatternRefused((error as Error).message);
  }
  return (text) => compiled.test(text.length > longestText ? text.slice(0, longestText) : text);
}
