import type { ProcReader } from './proc-reader.js';

/**
 * Namespaces of PID 1; where it is not to be seen, those of the kernel's own threads, which stay in the
 * first ones. Undefined where there is neither, as in a container.
 */
export function homeNamespaces(reader: ProcReader): Readonly<Record<string, number>> | undefined {
  const ofInit = reader.namespaces(1);
  if (Object.keys(ofInit).length > 0) return ofInit;
  return reader.statNow(kthreadd)?.ofKernel ? reader.namespaces(kthreadd) : undefined;
}

/** The kernel's first thread. */
const kthreadd = 2;

/** Names of those that differ; what only one of both has does not count. */
export function foreignNamespaces(
  own: Readonly<Record<string, number>>,
  home: Readonly<Record<string, number>> | undefined,
): string[] | undefined {
  if (home === undefined) return undefined;
  return Object.keys(own).filter((name) => home[name] !== undefined && home[name] !== own[name]);
}
