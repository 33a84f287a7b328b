import { nobody, type Route } from '../route.js';

/** Looks that get no byte. */
export const reconnaissance: readonly Route[] = [
  {
    name: 'listing the folder as root',
    expects: ['list'],
    proof: async (_place, stdout) => stdout.includes('passwords.txt'),
    access: ({ folder }) => ({ command: ['ls', folder] }),
  },
  {
    name: 'listing the folder as nobody',
    expects: ['list'],
    proof: async (_place, stdout) => stdout.includes('passwords.txt'),
    access: ({ folder }) => ({ command: ['ls', folder], uid: nobody }),
  },
  {
    name: 'denied open',
    expects: ['denied'],
    ownerOnly: true,
    proof: 'refused',
    access: ({ trap }) => ({ command: ['cat', trap], uid: nobody }),
  },
  {
    name: 'denied open for writing',
    expects: ['denied'],
    proof: 'refused',
    access: ({ program, trap }) => ({ command: [program('changes'), 'write', trap], uid: nobody }),
  },
  {
    name: 'denied exec',
    expects: ['denied'],
    proof: 'refused',
    access: ({ program, trap }) => ({ command: [program('changes'), 'exec-no-program', trap] }),
  },
  {
    name: 'denied unlink',
    expects: ['denied'],
    proof: 'refused',
    access: ({ trap }) => ({ command: ['unlink', trap], uid: nobody }),
  },
  {
    name: 'denied io_uring open',
    expects: ['denied'],
    ownerOnly: true,
    proof: 'refused',
    access: ({ program, trap }) => ({ command: [program('io-uring'), 'open-read', trap], uid: nobody }),
  },
];
