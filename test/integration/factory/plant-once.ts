import { resolve } from 'node:path';
import { TrapFactory } from '../../../src/factory/trap-factory.js';
import { decoy } from '../../support/decoy.js';

// Plants in a process of its own, so that a test can kill it at any moment.
const [trapsDir = '', stateDir = ''] = process.argv.slice(2);
await new TrapFactory({
  trapsDir,
  stateDir,
  resourcesDir: resolve(import.meta.dirname, '../../../resources'),
  kinds: ['passwords', 'salary', 'env', 'aws-credentials'],
  decoy,
  locale: 'en',
  ageDays: { youngest: 14, oldest: 540 },
}).plant();
