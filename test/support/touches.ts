import type { Actor } from '../../src/core/actor.js';
import type { Touch } from '../../src/core/touch.js';
import type { Trap } from '../../src/core/trap.js';

export const passwords: Trap = {
  id: 'passwords-00000001',
  kind: 'passwords',
  path: '/srv/share/passwords.txt',
  sha256: 'ab'.repeat(32),
  size: 812,
};

export const salary: Trap = {
  ...passwords,
  id: 'salary-00000002',
  kind: 'salary',
  path: '/srv/share/salary_2025.docx',
};

export function actor(facts: Partial<Actor> = {}): Actor {
  return {
    certainty: 'kernel',
    process: { pid: 812, startedAtNs: 5_000_000_000n, name: 'cat', uid: 33, userName: 'www-data' },
    ancestors: [
      { pid: 800, startedAtNs: 4_000_000_000n, name: 'sh', uid: 33 },
      { pid: 1, startedAtNs: 10_000_000n, name: 'systemd', uid: 0 },
    ],
    posixSession: 800,
    ...facts,
  };
}

export function touch(facts: Partial<Touch> = {}): Touch {
  return { trapId: passwords.id, op: 'open', atNs: 1_763_848_230_000_000_000n, actor: actor(), ...facts };
}
