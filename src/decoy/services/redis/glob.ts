/**
 * Whether a text matches a pattern of KEYS (`*`, `?`, `[a-c]`, `\`). Without a regular expression: a visitor's pattern
 * must not cost more than its length times the text's.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [p, t, starAt, starText] = [0, 0, -1, 0];
  while (t < text.length) {
    const one = p < pattern.length && pattern[p] !== '*' ? single(pattern, p, text[t] as string) : 0;
    if (one > 0) {
      p += one;
      t += 1;
    } else if (pattern[p] === '*') {
      starAt = p++;
      starText = t;
    } else if (starAt >= 0) {
      p = starAt + 1;
      t = ++starText;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p >= pattern.length;
}

/** Length of the pattern's element at `at` when it matches the character, else 0. */
function single(pattern: string, at: number, character: string): number {
  const sign = pattern[at];
  if (sign === '?') return 1;
  if (sign === '\\' && at + 1 < pattern.length) return pattern[at + 1] === character ? 2 : 0;
  if (sign !== '[') return sign === character ? 1 : 0;
  const close = pattern.indexOf(']', at + 1);
  const end = close < 0 ? pattern.length : close;
  const negated = pattern[at + 1] === '^';
  const found = isOneOf(pattern.slice(at + (negated ? 2 : 1), end), character);
  return found === negated ? 0 : end + 1 - at;
}

/** Whether it is among the characters and ranges between brackets. */
function isOneOf(choice: string, character: string): boolean {
  let found = false;
  for (let index = 0; index < choice.length; index += 1) {
    const from = choice[index] as string;
    const isRange = choice[index + 1] === '-' && index + 2 < choice.length;
    const to = isRange ? (choice[index + 2] as string) : from;
    if (isRange) index += 2;
    const [low, high] = from <= to ? [from, to] : [to, from];
    found ||= low <= character && character <= high;
  }
  return found;
}
