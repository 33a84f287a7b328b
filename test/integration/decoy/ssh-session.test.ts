import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.js';
import { openSshHouse, place, quiet, run, type SshHouse, ssh } from './ssh-house.js';

describeWith(['ssh', 'ssh-keygen', 'sshpass', 'sshd'], 'a session with the real clients', () => {
  let house: SshHouse;
  beforeAll(async () => {
    house = await openSshHouse();
  });
  afterAll(() => house.close());
  beforeEach(() => {
    house.hasSandbox = true;
    for (const list of [house.acts, house.admitted, house.refused, house.guests]) list.length = 0;
  });

  it('runs a command: output, errors and exit status are its own, and the desk hears of it', async () => {
    const { stdout, stderr, code } = await ssh(house, [place, 'echo out; echo err >&2; exit 7']);
    expect([stdout.toString(), stderr, code]).toEqual(['out\n', 'err\n', 7]);
    expect(house.admitted.map(({ id }) => id)).toEqual(['trap-1']);
    expect(house.acts).toEqual([{ kind: 'command', text: 'echo out; echo err >&2; exit 7' }]);
    expect(house.guests).toEqual([{ user: 'deploy', command: 'echo out; echo err >&2; exit 7' }]);
  });

  it('gives a command its input to the end', async () => {
    const input = randomBytes(3_000_000);
    const { stdout, code } = await ssh(house, [place, 'cat'], { input });
    expect(code).toBe(0);
    expect(stdout.equals(input)).toBe(true);
  });

  it('keeps output and errors apart when both are larger than any window', async () => {
    const half = 'head -c 6000000 /dev/zero';
    const { stdout, stderr, code } = await ssh(house, [place, `${half} | tr '\\0' e >&2 & ${half}; wait`]);
    expect([stdout.length, stderr.length, code]).toEqual([6_000_000, 6_000_000, 0]);
    expect(/^e+$/.test(stderr)).toBe(true);
  });

  it('tells the signal that ended a command', async () => {
    const { stderr, code } = await run('ssh', [
      ...quiet,
      '-v',
      '-p',
      `${house.port}`,
      place,
      'kill -TERM $$',
    ]);
    expect(code).toBe(255);
    expect(stderr).toContain('rtype exit-signal');
  });

  it('takes over the language and nothing else of the environment', async () => {
    const options = ['-o', 'SetEnv=LANG=de_DE.UTF-8 LC_TIME=C LD_PRELOAD=/tmp/x', place, 'true'];
    expect((await ssh(house, options)).code).toBe(0);
    expect(house.guests[0]?.environment).toEqual({ LANG: 'de_DE.UTF-8', LC_TIME: 'C' });
  });

  it('brings files in and out by scp, sftp and the old protocol', async () => {
    const content = randomBytes(2_000_000);
    const port = ['-P', `${house.port}`];
    const own = join(house.folder, 'own');
    writeFileSync(own, content);
    for (const [at, mode] of [[], ['-O']].entries()) {
      const there = join(house.folder, `there-${at}`);
      const back = join(house.folder, `back-${at}`);
      const up = await run('scp', [...quiet, ...mode, ...port, own, `${place}:${there}`]);
      expect([up.stderr, up.code]).toEqual(['', 0]);
      await run('scp', [...quiet, ...mode, ...port, `${place}:${there}`, back]);
      expect(readFileSync(back).equals(content)).toBe(true);
    }
    const batch = `cd ${house.folder}\nput ${own} by-sftp\nls by-sftp\n`;
    const sftp = await run('sftp', [...quiet, ...port, place], { input: batch });
    expect(sftp.stdout.toString()).toContain('by-sftp');
    expect(readFileSync(join(house.folder, 'by-sftp')).equals(content)).toBe(true);
    const uploads = house.acts.filter(({ kind }) => kind === 'upload').map(({ text }) => text);
    expect(uploads).toEqual([join(house.folder, 'there-0'), join(house.folder, 'by-sftp')]);
    expect(house.acts).toContainEqual({ kind: 'command', text: `scp -t ${join(house.folder, 'there-1')}` });
  });

  it('knows no other subsystem', async () => {
    const { stderr, code } = await ssh(house, ['-s', place, 'netconf']);
    expect([stderr.trim(), code]).toEqual(['subsystem request failed on channel 0', 255]);
  });

  it('looks like a host without room when there is no sandbox', async () => {
    house.hasSandbox = false;
    const { stdout, stderr, code } = await ssh(house, [place, 'id']);
    expect([stdout.toString(), code]).toEqual(['', 1]);
    expect(stderr).toBe('/bin/bash: Resource temporarily unavailable\n');
  });
});
