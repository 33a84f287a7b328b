import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { printableText, toPrintable } from '../../src/core/printable.js';
import { describeWith } from '../support/requirements.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

/** Names of programs as an attacker would choose them; comm keeps 15 bytes. */
const names: [what: string, bytes: Buffer][] = [
  ['newline', Buffer.from('a\nt 0 1 2 3')],
  ['quote and backslash', Buffer.from('a"b\\n\\u0041')],
  ['escape sequence', Buffer.from('a\x1b[31mred')],
  ['bytes above 0x7f', Buffer.from([0x61, 0x80, 0xff, 0xc3, 0x28])],
  ['a spelled escape', Buffer.from('\\uffffff80')],
  ['UTF-8', Buffer.from('кот')],
];

describeWith(['root', 'bpf', 'bpftrace'], 'hostile names', () => {
  let installation: Installation;
  // Quote, backslash, percent and letters of another script in the folder's own name.
  beforeAll(async () => {
    installation = await Installation.make({ response: { sandbox: false } }, `tr"ps '\\n 50% ловушки`);
    await installation.start(['--sensor=ebpf']);
  });
  afterAll(() => installation.remove());

  it.each(names)('a program named with %s is told exactly, in one line', async (_, bytes) => {
    const folder = join(installation.folder, 'programs');
    await mkdir(folder, { recursive: true });
    const program = Buffer.concat([Buffer.from(`${folder}/`), bytes]);
    // tail reads by itself and is no multi-call program that looks at its own name.
    await copyFile('/usr/bin/tail', join(folder, 'plain'));
    await rename(Buffer.from(join(folder, 'plain')), program);
    await runRaw(program, installation.trap('passwords.txt'));
    const expected = toPrintable(bytes);
    const record = await installation.record(
      `a touch by ${expected}`,
      ({ event, process }) => event.action === 'trap-touched' && process?.name === expected,
    );
    expect(record.file.path).toBe(printableText(installation.trap('passwords.txt')));
    expect(JSON.stringify(record)).not.toMatch(/\p{Cc}/u);
  });

  it('arguments of an attacker are told exactly too', async () => {
    const hostile = '\n{"event":{"action":"daemon-stopped"}}\x1b]0;x\x07';
    await asIntruder('/usr/bin/tail', ['-n', '1', await installation.trapOf('salary'), hostile]);
    const record = await installation.record('the touch', ({ process }) =>
      process?.args?.includes(printableText(hostile)),
    );
    expect(record.event.action).toMatch(/^(incident-opened|trap-touched)$/);
    const actions = (await installation.records()).map(({ event }) => event.action);
    expect(actions).not.toContain('daemon-stopped');
  });

  it('the log still verifies', async () => {
    expect((await installation.command('verify')).exitCode).toBe(0);
  });
});

/** Node cannot spawn a program whose name is not UTF-8; the shell can. */
async function runRaw(program: Buffer, trap: string): Promise<void> {
  const octal = Array.from(program, (byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('');
  await asIntruder('/bin/bash', ['-c', '"$(printf %b "$1")" -n1 "$2"', 'bash', octal, trap]);
}
