import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { fakeBpftrace } from './fake-bpftrace.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

const garbage: [what: string, script: string][] = [
  ['exits at once', 'process.exit(255)'],
  ['exits at once with a hostile last word', `console.error('\\x1b[2J\\x07bad'); process.exit(1)`],
  ['prints garbage', `setInterval(() => process.stdout.write('\\x00\\xff garbage {"type": \\n'), 5)`],
  ['prints half lines', `setInterval(() => process.stdout.write('{"type": "printf", "data": "t 0 1 2 '), 5)`],
  ['prints lines of 1 MB', `setInterval(() => process.stdout.write('x'.repeat(1 << 20) + '\\n'), 5)`],
  [
    'claims touches that were none',
    `let n = 0; setInterval(() => console.log(JSON.stringify({ type: 'printf', data: 't 0 ' + ++n + ' 999 1 1 1 1 1 1 1 1 1 1 1 0\\n' })), 5)`,
  ],
];

describeWith(['root', 'bpf', 'bpftrace', 'inotifywait'], 'a bpftrace that does not work', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.make({
      traps: { kinds: ['passwords'] },
      response: { sandbox: false },
      sensor: { start_timeout_s: 3 },
    });
  });
  afterEach(() => installation.remove());

  it.each(garbage)('%s: auto falls back to inotify, says why, and sees touches', async (_, script) => {
    const environment = await fakeBpftrace(installation.folder, script);
    await installation.start(['--sensor=auto'], environment);
    const fallback = await installation.action('sensor-fallback');
    expect(fallback.message).toContain('sensor ebpf does not work here: bpftrace 0.17.0 does not work here');
    expect(fallback.message).not.toMatch(/\p{Cc}/u);
    await asIntruder('/bin/cat', [installation.trap('passwords.txt')]);
    const touch = await installation.action('trap-touched');
    expect(touch.phantom).toMatchObject({ sensor: { name: 'inotify' }, trap: { kind: 'passwords' } });
    expect(['guess', 'unknown']).toContain(touch.phantom.actor.certainty);
  });

  it('asked for alone it ends the start with exit code 7 and one line', async () => {
    const environment = await fakeBpftrace(installation.folder, 'process.exit(255)');
    const daemon = installation.launch(['--sensor=ebpf'], environment);
    expect(await daemon.end()).toBe(7);
    expect(daemon.stderr).toMatch(
      /^phantomd: no sensor works here: ebpf: bpftrace .*exited with code 255.*$/m,
    );
  });

  it('not installed, and inotifywait neither: exit code 7 and what to install', async () => {
    const bin = join(installation.folder, 'bare-bin');
    await mkdir(bin);
    for (const program of await readdir('/usr/bin'))
      if (!['bpftrace', 'inotifywait'].includes(program))
        await symlink(`/usr/bin/${program}`, join(bin, program));
    const daemon = installation.launch(['--sensor=auto'], { PATH: bin });
    expect(await daemon.end()).toBe(7);
    expect(daemon.stderr).toContain('bpftrace is not installed');
    expect(daemon.stderr).toContain('inotify-tools');
  });
});
