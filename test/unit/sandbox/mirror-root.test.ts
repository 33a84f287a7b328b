import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { extract, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxUnavailable } from '../../../src/core/ports/sandbox.js';
import { buildMirror } from '../../../src/sandbox/docker/mirror-root.js';
import { story } from './story.js';

let hostRoot: string;
let hostUsr: string;

beforeEach(async () => {
  hostRoot = await mkdtemp(join(tmpdir(), 'mirror-host-'));
  hostUsr = join(hostRoot, 'usr');
  await mkdir(join(hostUsr, 'bin'), { recursive: true });
  await writeFile(join(hostUsr, 'bin/bash'), 'a shell');
  await mkdir(join(hostRoot, 'etc/alternatives'), { recursive: true });
  await writeFile(
    join(hostRoot, 'etc/passwd'),
    'root:x:0:0::/root:/bin/sh\nold:$6$salt$hash:1000:1000::/h:/bin/sh\n',
  );
  await writeFile(join(hostRoot, 'etc/shadow'), 'root:$6$secret:1::::::\n');
  await writeFile(join(hostRoot, 'etc/os-release'), 'ID=debian\n');
  await utimes(join(hostRoot, 'etc/os-release'), 1_600_000_000, 1_600_000_000);
  await symlink('/usr/bin/mawk', join(hostRoot, 'etc/alternatives/awk'));
  for (const name of ['bin', 'sbin', 'lib']) await symlink(`usr/${name}`, join(hostRoot, name));
});

afterEach(() => rm(hostRoot, { recursive: true, force: true }));

const mirror = (told = story) => buildMirror({ hostRoot, hostUsr, story: told });

async function entries() {
  const found = new Map<string, { header: Header; content: string }>();
  const reader = extract();
  reader.end((await mirror()).root);
  for await (const entry of reader)
    found.set(entry.header.name, { header: entry.header, content: await text(entry) });
  return found;
}

describe('the mirrored root', () => {
  it("links into /usr as the host's root does", async () => {
    const root = await entries();
    expect(root.get('bin')?.header).toMatchObject({ type: 'symlink', linkname: 'usr/bin' });
    expect(root.get('sbin')?.header.linkname).toBe('usr/sbin');
    expect(root.has('lib64')).toBe(false);
    expect(root.get('etc/alternatives/awk')?.header.linkname).toBe('/usr/bin/mawk');
  });

  it('holds no password hash', async () => {
    const root = await entries();
    expect(root.get('etc/passwd')?.content).toContain(
      'root:x:0:0::/root:/bin/bash\nold:x:1000:1000::/h:/bin/sh\n',
    );
    expect(root.get('etc/shadow')?.content).not.toContain('$');
    expect(root.get('etc/shadow')?.header.mode).toBe(0o640);
  });

  it("has the story's people beside the host's users", async () => {
    const root = await entries();
    expect(root.get('etc/passwd')?.content).toContain(
      'alind:x:1001:1001:Anna Lind,,,:/home/alind:/bin/bash\n',
    );
    expect(root.get('home/alind/')?.header ?? root.get('home/alind')?.header).toMatchObject({
      uid: 1001,
      mode: 0o700,
    });
    expect((await mirror()).root.equals((await mirror({ ...story, accounts: [] })).root)).toBe(false);
  });

  it('has a copy of the shell that everybody may run and nobody may read', async () => {
    const shell = (await entries()).get('var/lib/systemd/systemd');
    expect(shell?.content).toBe('a shell');
    expect(shell?.header.mode).toBe(0o111);
  });

  it('lists the packages that are installed, without its own', async () => {
    await mkdir(join(hostRoot, 'var/lib/dpkg'), { recursive: true });
    const status = 'Package: bash\nVersion: 5\n\nPackage: phantom-files\nVersion: 1\n\nPackage: zsh\n\n';
    await writeFile(join(hostRoot, 'var/lib/dpkg/status'), status);
    const shown = (await entries()).get('var/lib/dpkg/status')?.content;
    expect(shown).toBe('Package: bash\nVersion: 5\n\nPackage: zsh\n\n');
  });

  it('refuses a host without bash', async () => {
    await rm(join(hostUsr, 'bin/bash'));
    await expect(mirror()).rejects.toThrow(
      new SandboxUnavailable('the host has no /usr/bin/bash, which the sandbox needs'),
    );
  });

  it('leaves out what the host keeps to root', async () => {
    await chmod(join(hostRoot, 'etc/os-release'), 0o600);
    expect((await entries()).has('etc/os-release')).toBe(false);
  });

  it('has the usual modes of folders', async () => {
    const root = await entries();
    const modes = ['root', 'tmp', 'var/tmp', 'home'].map(
      (name) => root.get(`${name}/`)?.header.mode ?? root.get(name)?.header.mode,
    );
    expect(modes).toEqual([0o700, 0o1777, 0o1777, 0o755]);
  });

  it('is the same bytes again for the same host, and others when the host changes', async () => {
    const first = (await mirror()).root;
    expect(first.equals((await mirror()).root)).toBe(true);
    await writeFile(join(hostRoot, 'etc/group'), 'new:x:5:\n');
    expect(first.equals((await mirror()).root)).toBe(false);
  });

  it('refuses a host whose /bin is not merged into /usr', async () => {
    await rm(join(hostRoot, 'bin'));
    await mkdir(join(hostRoot, 'bin'));
    await expect(mirror()).rejects.toThrow(SandboxUnavailable);
  });
});
