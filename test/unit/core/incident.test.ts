import { describe, expect, it } from 'vitest';
import { Incident } from '../../../src/core/incident.js';
import { actor, salary, touch } from '../../support/touches.js';

function byProcess(pid: number) {
  return actor({ process: { pid, startedAtNs: BigInt(pid) * 10_000_000n } });
}

describe('incident', () => {
  it('holds an access worth a record once for each process, trap and operation', () => {
    const incident = new Incident('i', 'k', 0n);
    expect(incident.add(touch())).toBe(true);
    expect(incident.add(touch())).toBe(false);
    expect(incident.add(touch({ op: 'read' }))).toBe(true);
    expect(incident.add(touch({ trapId: salary.id }))).toBe(true);
    expect(incident.add(touch({ actor: byProcess(5) }))).toBe(true);
    expect(incident.facts()).toMatchObject({ touches: 5, traps: 2 });
  });

  it('lets no flood on one trap hide the first access to another, nor a new operation', () => {
    const incident = new Incident('i', 'k', 0n);
    let recorded = 0;
    for (let pid = 2; pid < 20_002; pid += 1)
      recorded += incident.add(touch({ actor: byProcess(pid) })) ? 1 : 0;
    expect(recorded).toBeLessThanOrEqual(1000);
    expect(incident.add(touch({ trapId: salary.id, actor: byProcess(30_000) }))).toBe(true);
    expect(incident.add(touch({ op: 'read', actor: byProcess(30_001) }))).toBe(true);
    expect(incident.facts().touches).toBe(20_002);
  });
});
