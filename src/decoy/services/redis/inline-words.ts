/** Words of a line as `sdssplitargs` of Redis cuts it; undefined where quotes are not closed. */
export function splitInline(line: string): string[] | undefined {
  const words: string[] = [];
  const word = /\s*(?:"((?:\\x[0-9a-fA-F]{2}|\\.|[^"\\])*)"(?=\s|$)|'((?:\\'|[^'])*)'(?=\s|$)|([^\s"']+))/y;
  const end = line.trimEnd().length;
  while (word.lastIndex < end) {
    const match = word.exec(line.slice(0, end));
    if (match === null) return undefined;
    const [, double, single, bare] = match;
    if (double !== undefined)
      words.push(double.replace(/\\(x[0-9a-fA-F]{2}|.)/gs, (_, code: string) => escaped(code)));
    else words.push(single?.replaceAll("\\'", "'") ?? bare ?? '');
  }
  return words;
}

function escaped(code: string): string {
  if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' }[code] ?? code;
}
