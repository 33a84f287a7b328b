import type { DecoyStory } from '../../../src/core/decoy/decoy-story.js';

/** A story as the traps tell it. */
export const story: DecoyStory = {
  seed: 42,
  locale: 'en',
  hostname: 'web-02',
  company: 'Norden Freight',
  domain: 'nordenfreight.example',
  internalDomain: 'int.nordenfreight.example',
  project: 'harbor',
  people: [{ name: 'Anna Lind', login: 'alind', email: 'anna@nordenfreight.example', title: 'CTO' }],
  hosts: [
    { role: 'database', name: 'db-01', address: '10.20.4.11' },
    { role: 'backup', name: 'bak-01', address: '10.20.4.31' },
  ],
  accounts: [
    { login: 'alind', fullName: 'Anna Lind' },
    { login: 'deploy', fullName: '' },
    { login: 'root', fullName: 'root' },
  ],
};
