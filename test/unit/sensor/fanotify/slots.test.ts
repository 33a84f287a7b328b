import { expect, it } from 'vitest';
import { probeSlot, Slots } from '../../../../src/sensor/fanotify/slots.js';
import { passwords, salary } from '../../../support/touches.js';

it('gives every trap and every folder a number of its own', () => {
  const slots = new Slots();
  const first = slots.addTrap(passwords);
  const folder = slots.addFolder(passwords);
  const second = slots.addTrap(salary);
  expect(folder).toMatchObject({ isNew: true, slot: { path: '/srv/share' } });
  expect(slots.addFolder(salary)).toMatchObject({ isNew: false, slot: { id: folder.slot.id } });
  expect(new Set([probeSlot, first.id, second.id, folder.slot.id]).size).toBe(4);
  expect(slots.of(second.id)).toBe(second);
});

it('keeps a folder until its last trap leaves', () => {
  const slots = new Slots();
  const [first, second] = [slots.addTrap(passwords), slots.addTrap(salary)];
  const { slot } = slots.addFolder(passwords);
  slots.addFolder(salary);
  expect(slots.leaving(first)).toEqual([first.id]);
  expect([...slot.traps]).toEqual([salary]);
  expect(slots.leaving(second)).toEqual([second.id, slot.id]);
  slots.forget(slot.id);
  expect(slots.addFolder(passwords).isNew).toBe(true);
});

it('forgets an old number of a trap without touching its new one', () => {
  const slots = new Slots();
  const old = slots.addTrap(passwords);
  const renewed = slots.addTrap(passwords);
  slots.forget(old.id);
  expect(slots.ofTrap(passwords.id)).toBe(renewed);
});

it('knows the folder of a trap that lies in the root', () => {
  expect(new Slots().addFolder({ ...passwords, path: '/env' }).slot.path).toBe('/');
});
