import { expect, it } from 'vitest';
import { sameStart } from '../../../src/process/start-time.js';

it('takes times of one tick for the same start, and no others', () => {
  expect(sameStart(123_450_000_000n, 123_459_999_999n)).toBe(true);
  expect(sameStart(123_450_000_000n, 123_460_000_000n)).toBe(false);
  expect(sameStart(123_450_000_000n, 123_449_999_999n)).toBe(false);
});
