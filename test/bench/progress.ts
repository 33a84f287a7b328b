import type { Diagnostics } from '../../src/core/ports/diagnostics.js';

const startedAt = performance.now();

/** Tells whoever waits how far it is; the results alone are on standard output. */
export function progress(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(4);
  process.stderr.write(`${seconds} s  ${text}\n`);
}

/** The parts of the daemon report each touch as a warning: only errors are worth a line here. */
export const quietDiagnostics: Diagnostics = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (message) => progress(`error: ${message}`),
};
