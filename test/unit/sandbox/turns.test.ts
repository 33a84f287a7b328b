import { expect, it } from 'vitest';
import { Turns } from '../../../src/sandbox/docker/turns.js';

function gate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

it('runs one key in order, also after a failure, and other keys meanwhile', async () => {
  const turns = new Turns();
  const events: string[] = [];
  const first = gate();
  const failing = turns.take('a', async () => {
    await first.passed;
    events.push('a1');
    throw new Error('no');
  });
  const second = turns.take('a', async () => events.push('a2'));
  await turns.take('b', async () => events.push('b'));
  expect(turns.busy('a')).toBe(true);
  first.open();
  await expect(failing).rejects.toThrow('no');
  let idle = false;
  const waiting = turns.idle().then(() => {
    idle = true;
  });
  expect(idle).toBe(false);
  await second;
  await waiting;
  expect(events).toEqual(['b', 'a1', 'a2']);
  expect(turns.busy('a')).toBe(false);
});
