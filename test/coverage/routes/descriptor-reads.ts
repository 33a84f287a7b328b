import { join } from 'node:path';
import { copied, copyName } from '../proofs.js';
import { type Expectation, nobody, type Route } from '../route.js';

function byDescriptor(way: string, name: string, expects: readonly Expectation[]): Route {
  return {
    name,
    expects,
    proof: 'content',
    access: ({ program, trap }) => ({ command: [program('descriptor-reads'), way, trap] }),
  };
}

/** The trap is opened by open(2), and its bytes are got in one way or another. */
export const descriptorReads: readonly Route[] = [
  {
    name: 'read as root',
    expects: ['open', 'read'],
    proof: 'content',
    access: ({ trap }) => ({ command: ['cat', trap] }),
  },
  {
    name: 'read as nobody',
    expects: ['open', 'read'],
    proof: 'content',
    access: ({ trap }) => ({ command: ['cat', trap], uid: nobody }),
  },
  { ...byDescriptor('open', 'open without a read', ['open']), proof: 'exit' },
  byDescriptor('read', 'read', ['open', 'read']),
  byDescriptor('pread', 'pread', ['open', 'read']),
  byDescriptor('readv', 'readv', ['open', 'read']),
  byDescriptor('preadv2', 'preadv2', ['open', 'read']),
  byDescriptor('mmap-private', 'mmap, private', ['open', 'mmap']),
  byDescriptor('mmap-shared', 'mmap, shared', ['open', 'mmap']),
  byDescriptor('mmap-populate', 'mmap, MAP_POPULATE', ['open', 'mmap']),
  byDescriptor('sendfile', 'sendfile', ['open', 'read']),
  byDescriptor('splice', 'splice', ['open', 'read']),
  byDescriptor('tee', 'splice and tee', ['open', 'read']),
  byDescriptor('aio', 'Linux AIO', ['open', 'read']),
  {
    name: 'O_DIRECT',
    expects: ['open', 'read'],
    proof: 'content',
    access: ({ trap }) => ({ command: ['dd', `if=${trap}`, 'iflag=direct', 'bs=64k', 'status=none'] }),
  },
  {
    name: 'copy_file_range',
    expects: ['open', 'copy'],
    proof: copied,
    access: ({ program, trap, work }) => ({
      command: [program('descriptor-reads'), 'copy-file-range', trap, join(work, copyName)],
    }),
  },
  {
    name: 'cp',
    expects: ['open', 'copy'],
    proof: copied,
    access: ({ trap, work }) => ({ command: ['cp', trap, join(work, copyName)] }),
  },
  {
    name: 'reflink (FICLONE)',
    expects: ['open', 'copy'],
    proof: copied,
    notOn: { ext4: 'ext4 has no reflinks', tmpfs: 'tmpfs has no reflinks' },
    access: ({ program, trap, work }) => ({
      command: [program('descriptor-reads'), 'reflink', trap, join(work, copyName)],
    }),
  },
];
