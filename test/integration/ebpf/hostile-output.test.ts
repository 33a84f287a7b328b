import { describe, it } from 'vitest';
import { expectHarmless } from '../../support/read-output.js';

describe('a million damaged lines of bpftrace', () => {
  it('crash nothing, invent no touch and fill no memory', () => {
    expectHarmless(1_000_000);
  }, 300_000);
});
