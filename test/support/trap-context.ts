import { resolve } from 'node:path';
import { drawTimes } from '../../src/factory/ages.js';
import { freshKeys } from '../../src/factory/key-pool.js';
import { type Locale, personaFrom } from '../../src/factory/persona.js';
import { Templates } from '../../src/factory/templates.js';
import type { TrapContext } from '../../src/factory/trap-kind.js';
import { decoy } from './decoy.js';

const templates = new Templates(resolve(import.meta.dirname, '../../resources'));

/** What a kind gets to make a trap of the story with this seed. */
export function trapContext(seed: number, locale: Locale = 'en'): TrapContext {
  return {
    persona: personaFrom(seed, locale),
    times: drawTimes({ youngest: 14, oldest: 540 }, new Date()),
    templates,
    path: '/srv/files/notes.txt',
    decoy,
    neighbours: [
      { kind: 'passwords', path: '/srv/files/passwords.txt' },
      { kind: 'env', path: '/srv/www/.env' },
      { kind: 'aws-credentials', path: '/root/.aws/credentials' },
    ],
    keys: freshKeys,
  };
}
