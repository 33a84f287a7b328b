import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Route } from '../route.js';

const name = `phantom-coverage-${process.pid}`;

/** A container of the real engine, where one runs. */
export const docker: Route = {
  name: 'Docker container that mounts the folder',
  expects: ['open', 'read'],
  proof: 'content',
  missing: async () => {
    const { failed } = await execa('docker', ['version'], { reject: false, timeout: 10_000 });
    return failed ? 'no Docker engine answers' : undefined;
  },
  prepare: async ({ work, program }) => {
    await mkdir(join(work, 'bin'));
    await execa('cp', [program('descriptors'), join(work, 'bin', 'reader')]);
    await execa('tar', ['-C', work, '-cf', join(work, 'image.tar'), 'bin']);
    await execa('docker', ['import', join(work, 'image.tar'), name]);
  },
  access: ({ folder }) => ({
    command: [
      ...['docker', 'run', '--rm', '--interactive', '--name', name, '--network', 'none'],
      ...['--volume', `${folder}:/data`, name, '/bin/reader', 'later', '/data/passwords.txt'],
    ] as [string, ...string[]],
  }),
  holder: async () => {
    const { stdout } = await execa('docker', ['inspect', '--format', '{{.State.Pid}}', name]);
    return Number(stdout);
  },
  tidy: async () => {
    await execa('docker', ['rm', '--force', name], { reject: false });
    await execa('docker', ['rmi', '--force', name], { reject: false });
  },
};
