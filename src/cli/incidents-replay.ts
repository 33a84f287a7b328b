import { setTimeout as wait } from 'node:timers/promises';
import { ConfigInvalid } from '../config/config-invalid.js';
import type { CastEvent } from '../core/asciicast.js';
import { printableText } from '../core/printable.js';
import { PlainText, TerminalFilter, terminalRestored } from '../core/terminal-filter.js';
import { RecordingUnreadable } from '../daemon/failure.js';
import { openRecording } from '../daemon/show-incidents.js';
import { effectiveConfig, type RunOptions } from './effective-config.js';

export interface ReplayOptions extends RunOptions {
  readonly speed: string;
  readonly maxIdle: string;
}

/**
 * `phantomd incidents replay`: plays a recording. Everything in it was written by an intruder, so a terminal
 * gets what is harmless of it, and whoever else reads gets text alone, at once.
 */
export async function replay(id: string, session: string | undefined, options: ReplayOptions): Promise<void> {
  const speed = numberOf('--speed', options.speed);
  const maxIdleMs = numberOf('--max-idle', options.maxIdle) * 1000;
  const { name, header, events, badLines } = await openRecording(await effectiveConfig(options), id, session);
  const size = `${header.columns}x${header.rows}`;
  note([name, header.title, header.command && `command: ${header.command}`, size].filter(Boolean).join(', '));
  if (process.stdout.isTTY) {
    if (process.stdout.columns < header.columns || process.stdout.rows < header.rows)
      note(`this terminal is smaller than the recorded one (${size})`);
    await play(events, { speed, maxIdleMs });
  } else write(events);
  for (const { code, data } of events) if (code === 'm') note(data);
  const exit = events.findLast(({ code }) => code === 'x');
  if (exit !== undefined) note(`exit status ${exit.data}`);
  if (badLines > 0) throw new RecordingUnreadable(`${name}: ${badLines} damaged lines were left out`);
}

/** In its own time; the terminal is as before afterwards, also after Ctrl-C. */
async function play(
  events: readonly CastEvent[],
  { speed, maxIdleMs }: { readonly speed: number; readonly maxIdleMs: number },
): Promise<void> {
  const stop = new AbortController();
  const end = () => stop.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  const filter = new TerminalFilter();
  let dueMs = performance.now();
  try {
    for (const { afterMs, code, data } of events) {
      dueMs += Math.min(afterMs / speed, maxIdleMs);
      const waitMs = dueMs - performance.now();
      // Below that a timer waits longer than it is told to.
      if (waitMs > 2) await wait(waitMs, undefined, { signal: stop.signal });
      if (stop.signal.aborted) return;
      if (code === 'o') process.stdout.write(filter.filter(data));
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    process.stdout.write(`${terminalRestored}\r\n`);
    for (const signal of signals) process.removeListener(signal, end);
  }
}

function write(events: readonly CastEvent[]): void {
  // `replay ... | head` is no failure.
  process.stdout.on('error', () => process.exit());
  const plain = new PlainText();
  for (const { code, data } of events) if (code === 'o') process.stdout.write(plain.text(data));
}

/** Beside the recording, never within it. */
function note(text: string): void {
  process.stderr.write(`phantomd: ${printableText(text)}\n`);
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,6}(?:\.\d{1,3})?$/.test(text) || value <= 0)
    throw new ConfigInvalid(
      `${option}: expected a number above 0, such as 2 or 0.5, got ${JSON.stringify(text)}`,
    );
  return value;
}
