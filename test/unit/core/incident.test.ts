import { describe, expect, it } from 'vitest';
import { Incident } from '../../../src/core/incident.js';
import { actor, salary, touch } from '../../support/touches.js';

function byProcess(pid: number) {
  return actor({ process: { pid, startedAtNs: BigInt(pid) * 10_000_000n } });
}

describe('incident', () => {
  it('holds an access worth a record once for each process, trap and operation', () => {
    const incident = new Incident('i', 'k', 0n);
    expect(incident.add(touch())).toBe('trap');
    expect(incident.add(touch())).toBeUndefined();
    expect(incident.add(touch({ op: 'read' }))).toBe('access');
    expect(incident.add(touch({ trapId: salary.id }))).toBe('trap');
    expect(incident.add(touch({ actor: byProcess(5) }))).toBe('access');
    expect(incident.facts()).toMatchObject({ touches: 5, traps: 2 });
  });

  it('sees every new process of a flood as new, and remembers a bounded number of them', () => {
    const incident = new Incident('i', 'k', 0n);
    for (let pid = 2; pid < 20_002; pid += 1)
      expect(incident.add(touch({ actor: byProcess(pid) }))).toBeDefined();
    expect(incident.add(touch({ actor: byProcess(20_001) }))).toBeUndefined();
    expect(incident.add(touch({ actor: byProcess(2) }))).toBe('access');
    expect(incident.facts().touches).toBe(20_002);
  });

  it('takes evidence of its first processes only', () => {
    const incident = new Incident('i', 'k', 0n);
    const seized = Array.from({ length: 100 }, () => incident.seizes());
    expect(seized.filter(Boolean)).toHaveLength(24);
    expect(seized[0]).toBe(true);
  });
});
