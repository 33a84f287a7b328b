import pino from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/schema.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';

type Facts = Readonly<Record<string, unknown>>;

/** Diagnostics on standard error: readable lines on a terminal, JSON elsewhere. */
export function openDiagnostics({ level, format }: Config['log']): Diagnostics {
  const readable = format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true);
  const destination = readable
    ? pretty({
        destination: 2,
        sync: true,
        colorize: process.stderr.isTTY === true && process.env.NO_COLOR === undefined,
        translateTime: 'SYS:HH:MM:ss.l',
        ignore: 'pid,hostname',
      })
    : pino.destination({ dest: 2, sync: true });
  // The one who reads may go away (a closed terminal, a pipe); the daemon goes on.
  destination.on('error', () => {});
  const log = pino({ level, base: { pid: process.pid } }, destination);
  return {
    debug: (message, facts) => log.debug(safe(facts), message),
    info: (message, facts) => log.info(safe(facts), message),
    warn: (message, facts) => log.warn(safe(facts), message),
    error: (message, facts) => log.error(safe(facts), message),
  };
}

function safe(facts: Facts = {}): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, typeof value === 'bigint' ? value.toString() : value]),
  );
}
