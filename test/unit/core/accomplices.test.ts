import { expect, it } from 'vitest';
import { settled } from '../../support/fake-clock.js';
import { holdHouse } from '../../support/hold-house.js';
import { actor, touch } from '../../support/touches.js';

const beside = { pid: 900, startedAtNs: 9_000_000_000n, name: 'locker' };
const suspect = actor({ posixSession: 700, executableFile: { device: 1n, inode: 42n } });
const written = touch({ op: 'write', tampers: true, actor: suspect });

it('kills with the one that changed a trap all who work beside it, and says of each why', async () => {
  const house = holdHouse({ onTamper: 'kill' });
  house.containment.besides = [beside];
  house.orchestrator.touched(written);
  await settled();
  expect(house.count('kill 900')).toBe(1);
  expect(house.events('actor-killed').map(({ subject }) => subject?.process?.pid)).toEqual([812, 900]);
  expect(house.events('actor-killed')[1]?.message).toContain('runs beside process 812');
});

it('freezes them so that an operator can let them go', async () => {
  const house = holdHouse({ onTamper: 'freeze' });
  house.containment.besides = [beside];
  house.orchestrator.touched(written);
  await settled();
  expect(house.count('stop 900')).toBe(1);
  const [listed] = [...house.list.saved.values()];
  expect(listed?.map(({ pid }) => pid)).toEqual([812, 900]);
});

it('leaves them alone where a trap was read only', async () => {
  const house = holdHouse({ containment: 'kill', onTamper: 'kill' });
  house.containment.besides = [beside];
  house.orchestrator.touched(touch({ actor: suspect }));
  await settled();
  expect(house.count('kill 812')).toBe(1);
  expect(house.count('kill 900')).toBe(0);
});

it('looks for them once, however often the same process changes traps', async () => {
  const house = holdHouse({ onTamper: 'kill' });
  let looks = 0;
  house.containment.accomplices = async () => {
    looks += 1;
    return [];
  };
  for (let count = 0; count < 5; count += 1) house.orchestrator.touched(written);
  await settled();
  expect(looks).toBe(1);
});

it('puts none on record twice who touched a trap meanwhile', async () => {
  const house = holdHouse({ onTamper: 'kill' });
  house.containment.besides = [beside];
  house.orchestrator.touched(written);
  const process = { ...beside, uid: 33 };
  const itself = actor({ process, posixSession: 700, executableFile: { device: 1n, inode: 42n } });
  house.orchestrator.touched(touch({ op: 'write', tampers: true, actor: itself, held: 'killed' }));
  await settled();
  const told = house.events('actor-killed').filter(({ subject }) => subject?.process?.pid === 900);
  expect(told).toHaveLength(1);
});
