import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { changed, copied, copyName, gone } from '../proofs.js';
import type { Expectation, Proof, Route } from '../route.js';

function byProgram(way: string, name: string, expects: readonly Expectation[], proof: Proof): Route {
  return {
    name,
    expects,
    proof,
    access: ({ program, trap, work }) => ({
      command: [program('changes'), way, trap, join(work, copyName)],
    }),
  };
}

/** Tamper. */
export const changes: readonly Route[] = [
  byProgram('write', 'write', ['open', 'write'], changed),
  byProgram('mapped', 'write into a shared mapping', ['open', ['write', 'mmap']], changed),
  byProgram('truncate', 'truncate', ['write'], changed),
  byProgram('ftruncate', 'ftruncate', ['open', 'write'], changed),
  {
    name: 'rename',
    expects: ['rename'],
    proof: copied,
    access: ({ trap, work }) => ({ command: ['mv', trap, join(work, copyName)] }),
  },
  {
    ...byProgram('exchange', 'renamed by exchange with another file', ['rename'], copied),
    prepare: ({ work }) => writeFile(join(work, copyName), 'another'),
  },
  {
    name: 'another file renamed over it',
    expects: [['rename', 'unlink']],
    proof: changed,
    prepare: ({ work }) => writeFile(join(work, copyName), 'another'),
    access: ({ trap, work }) => ({ command: ['mv', join(work, copyName), trap] }),
  },
  {
    name: 'unlink',
    expects: ['unlink'],
    proof: gone,
    access: ({ trap }) => ({ command: ['unlink', trap] }),
  },
  {
    name: 'link',
    expects: ['link'],
    proof: copied,
    access: ({ trap, work }) => ({ command: ['ln', trap, join(work, copyName)] }),
  },
  {
    name: 'chmod',
    expects: ['chmod'],
    proof: async ({ trap }) => ((await stat(trap)).mode & 0o777) === 0o640,
    access: ({ trap }) => ({ command: ['chmod', '0640', trap] }),
  },
  {
    name: 'chown',
    expects: ['chmod'],
    proof: async ({ trap }) => (await stat(trap)).gid === 1,
    access: ({ trap }) => ({ command: ['chown', '0:1', trap] }),
  },
  {
    name: 'setxattr',
    expects: ['chmod'],
    proof: 'exit',
    access: ({ trap }) => ({ command: ['setfattr', '-n', 'trusted.note', '-v', 'x', trap] }),
  },
  {
    name: 'times set',
    expects: ['chmod'],
    proof: async ({ trap }) => (await stat(trap)).mtimeMs === 86_400_000,
    access: ({ trap }) => ({ command: ['touch', '--no-create', '--date=@86400', trap] }),
  },
  {
    ...byProgram('exec-no-program', 'exec of an executable trap that is no program', ['exec'], 'exit'),
    prepare: ({ trap }) => chmod(trap, 0o755),
  },
  byProgram(
    'replace-and-run',
    'made a script and run',
    ['open', 'write', 'chmod', 'exec'],
    async ({ trap }) => (await readFile(trap, 'latin1')).startsWith('#!'),
  ),
];
