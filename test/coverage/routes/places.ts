import { link, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { copyName } from '../proofs.js';
import type { Place, Route } from '../route.js';
import { docker } from './docker.js';

const trapIn = (folder: string) => join(folder, 'passwords.txt');

/** Below `work`: bound, lower, upper and such. */
async function folders(work: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) await mkdir(join(work, name));
}

const catOf =
  (path: (place: Place) => string): Route['access'] =>
  (place) => ({ command: ['cat', path(place)] });

/** The same file by another name, mount, namespace or root. */
export const places: readonly Route[] = [
  {
    name: 'hard link',
    expects: ['open', 'read'],
    proof: 'content',
    prepare: ({ trap, work }) => link(trap, join(work, copyName)),
    access: catOf(({ work }) => join(work, copyName)),
  },
  {
    name: 'symbolic link',
    expects: ['open', 'read'],
    proof: 'content',
    prepare: ({ trap, work }) => symlink(trap, join(work, copyName)),
    access: catOf(({ work }) => join(work, copyName)),
  },
  {
    name: 'renamed, then read',
    expects: ['open', 'read', 'rename'],
    proof: 'content',
    access: ({ program, trap, work }) => ({
      command: [program('changes'), 'rename-then-read', trap, join(work, copyName)],
    }),
  },
  {
    name: 'bind mount',
    expects: ['open', 'read'],
    proof: 'content',
    prepare: async ({ folder, work }) => {
      await execa('mount', ['--bind', folder, work]);
    },
    access: catOf(({ work }) => trapIn(work)),
  },
  {
    name: 'another mount namespace',
    expects: ['open', 'read'],
    proof: 'content',
    access: ({ folder, work }) => ({
      command: [
        'unshare',
        '--mount',
        'sh',
        '-c',
        'mount --bind "$1" "$2" && exec cat "$2/passwords.txt"',
        'sh',
        folder,
        work,
      ],
    }),
  },
  {
    name: 'user namespace',
    expects: ['open', 'read'],
    proof: 'content',
    access: ({ trap }) => ({ command: ['unshare', '--user', '--map-root-user', 'cat', trap] }),
  },
  {
    name: 'chroot',
    expects: ['open', 'read'],
    proof: 'content',
    prepare: async ({ folder, work, program }) => {
      await folders(work, 'data', 'bin');
      await execa('mount', ['--bind', folder, join(work, 'data')]);
      await execa('cp', [program('descriptor-reads'), join(work, 'bin', 'reader')]);
    },
    access: ({ work }) => ({ command: ['chroot', work, '/bin/reader', 'read', '/data/passwords.txt'] }),
  },
  {
    name: 'container that mounts the folder',
    expects: ['open', 'read'],
    proof: 'content',
    prepare: async ({ work, program }) => {
      await folders(work, 'data', 'bin');
      await execa('cp', [program('descriptor-reads'), join(work, 'bin', 'reader')]);
    },
    access: ({ work, folder, program }) => ({
      command: [program('container'), work, folder, '/bin/reader', 'read', '/data/passwords.txt'],
    }),
  },
  docker,
  {
    name: 'overlay, the trap in its lower folder',
    expects: ['open', 'read'],
    proof: 'content',
    prepare: async ({ folder, work }) => {
      await folders(work, 'upper', 'working', 'merged');
      const layers = `lowerdir=${folder},upperdir=${join(work, 'upper')},workdir=${join(work, 'working')}`;
      await execa('mount', ['-t', 'overlay', '-o', layers, 'overlay', join(work, 'merged')]);
    },
    access: catOf(({ work }) => trapIn(join(work, 'merged'))),
  },
  {
    name: 'raw block device',
    expects: ['read'],
    notOn: { tmpfs: 'there is no device below a tmpfs' },
    prepare: async ({ mount }) => {
      await execa('sync', ['-f', mount]);
    },
    // Fixed text of the trap, found on the device, is the proof; where it lies there is nobody's concern.
    access: ({ device, content }) => ({
      command: ['grep', '--text', '--count', '--fixed-strings', longestLine(content), device as string],
    }),
    proof: 'exit',
  },
];

function longestLine(content: Buffer): string {
  const [longest = ''] = content
    .toString()
    .split('\n')
    .sort((a, b) => b.length - a.length);
  return longest;
}
