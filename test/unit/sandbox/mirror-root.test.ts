import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { extract, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxUnavailable } from '../../../src/core/ports/sandbox.js';
import { buildMirrorRoot } from '../../../src/sandbox/docker/mirror-root.js';

let hostRoot: string;
let pagesFolder: string;

beforeEach(async () => {
  hostRoot = await mkdtemp(join(tmpdir(), 'mirror-host-'));
  pagesFolder = join(hostRoot, 'pages');
  await mkdir(join(hostRoot, 'etc/alternatives'), { recursive: true });
  await mkdir(join(pagesFolder, 'assets'), { recursive: true });
  await writeFile(join(pagesFolder, 'index.html'), 'page');
  await writeFile(join(pagesFolder, 'assets/a.css'), 'css');
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

async function entries() {
  const found = new Map<string, { header: Header; content: string }>();
  const reader = extract();
  reader.end(await buildMirrorRoot({ hostRoot, pagesFolder }));
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
    expect([...root.keys()].filter((name) => /shadow/.test(name))).toEqual([]);
    expect(root.get('etc/passwd')?.content).toBe('root:x:0:0::/root:/bin/sh\nold:x:1000:1000::/h:/bin/sh\n');
  });

  it('leaves out what the host keeps to root', async () => {
    await chmod(join(hostRoot, 'etc/os-release'), 0o600);
    expect((await entries()).has('etc/os-release')).toBe(false);
  });

  it('has empty folders with the usual modes', async () => {
    const root = await entries();
    const modes = ['root', 'tmp', 'var/tmp', 'home', 'var/lib/evidence'].map(
      (name) => root.get(`${name}/`)?.header.mode ?? root.get(name)?.header.mode,
    );
    expect(modes).toEqual([0o700, 0o1777, 0o1777, 0o755, 0o700]);
  });

  it('serves the pages, dated like the installation', async () => {
    const page = (await entries()).get('var/www/html/index.html');
    expect(page?.content).toBe('page');
    expect(page?.header.mtime?.getTime()).toBe(1_600_000_000_000);
    expect((await entries()).get('var/www/html/assets/a.css')?.content).toBe('css');
  });

  it('is the same bytes again for the same host, and others when the host changes', async () => {
    const first = await buildMirrorRoot({ hostRoot, pagesFolder });
    expect(first.equals(await buildMirrorRoot({ hostRoot, pagesFolder }))).toBe(true);
    await writeFile(join(hostRoot, 'etc/group'), 'new:x:5:\n');
    expect(first.equals(await buildMirrorRoot({ hostRoot, pagesFolder }))).toBe(false);
  });

  it('refuses a host whose /bin is not merged into /usr', async () => {
    await rm(join(hostRoot, 'bin'));
    await mkdir(join(hostRoot, 'bin'));
    await expect(buildMirrorRoot({ hostRoot, pagesFolder })).rejects.toThrow(SandboxUnavailable);
  });
});
