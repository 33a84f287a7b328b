/**
 * The path that an argument or an event names, in one form: absolute where that can be told,
 * `~/...` in a home folder that the shell would expand, `./...` where the folder is not known.
 * Undefined when it names none (an option, an address of the web).
 */
export function namedPath(given: string, workingDirectory?: string): string | undefined {
  const text = bare(given);
  if (text === '' || text.startsWith('-') || text.includes('://')) return undefined;
  const home = /^(?:~[\w-]*|\$HOME|\$\{HOME\})(?=\/|$)/.exec(text);
  if (home !== null) return simplified(`~${text.slice(home[0].length)}`);
  if (text.startsWith('/')) return simplified(text);
  return simplified(`${workingDirectory ?? '.'}/${text}`);
}

/** Without what stands before a path: `--file=`, `of=`, curl's `@`, `file://`. */
function bare(given: string): string {
  const option = /^(?:-{1,2}[\w-]+|[a-z]{1,4})=/.exec(given);
  const value = option === null ? given : given.slice(option[0].length);
  const unmarked = value.startsWith('@') ? value.slice(1) : value;
  return unmarked.startsWith('file://') ? unmarked.slice('file://'.length) : unmarked;
}

function simplified(path: string): string {
  if (!path.includes('//') && !path.includes('/.')) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 1) parts.pop();
    else if ((part !== '' && part !== '.') || parts.length === 0) parts.push(part);
  }
  const joined = parts.join('/');
  return joined === '' ? '/' : joined;
}
