#!/usr/bin/env node
import { CommanderError } from '@commander-js/extra-typings';
import { program } from './cli/program.js';
import { printableText } from './core/printable.js';
import { exitCodeOf, exitCodes, StopTimedOut } from './daemon/failure.js';

try {
  await program().parseAsync();
  // A socket takes a long list in pieces; a reader who went away is no reason to stay.
  await new Promise<void>((done) => {
    process.stdout.once('error', () => done());
    process.stdout.write('', () => done());
  });
  // Whatever still holds the event loop must not keep a daemon that has ended alive.
  process.exit();
} catch (error) {
  // Commander has printed its own message.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
  const { message, stack } = error as Error;
  const code = exitCodeOf(error);
  process.stderr.write(`phantomd: ${printableText(message)}\n`);
  if (code === exitCodes.unexpected && stack !== undefined && !(error instanceof StopTimedOut))
    process.stderr.write(`${stack}\n`);
  process.exit(code);
}
