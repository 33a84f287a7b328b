import { expect, it } from 'vitest';
import { terminalName } from '../../../src/process/terminal-name.js';

const device = (major: number, minor: number) => (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);

it.each([
  [0, 0, undefined],
  [136, 0, 'pts0'],
  [136, 255, 'pts255'],
  [136, 300, 'pts300'],
  [136, 1_048_575, 'pts1048575'],
  [4, 1, 'tty1'],
  [4, 63, 'tty63'],
  [4, 64, 'ttyS0'],
  [4, 67, 'ttyS3'],
  [5, 1, 'console'],
  [204, 64, 'ttyAMA0'],
  [229, 0, 'hvc0'],
  [188, 2, 'ttyUSB2'],
  [204, 5, '204:5'],
  [250, 3, '250:3'],
])('device %i:%i is %s', (major, minor, name) => {
  expect(terminalName(device(major, minor))).toBe(name);
});
