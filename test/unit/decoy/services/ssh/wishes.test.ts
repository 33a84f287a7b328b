import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcceptedEnvironment, cells, terminalOf } from '../../../../../src/decoy/services/ssh/wishes.js';

describe('what a visitor wishes for a session', () => {
  it('gives a terminal within bounds, whatever is asked', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (type, columns, rows) => {
        const terminal = terminalOf(type, columns, rows);
        expect(terminal.type).toMatch(/^[A-Za-z0-9.+-]+$/);
        for (const size of [terminal.columns, terminal.rows]) {
          expect(size).toBeGreaterThanOrEqual(1);
          expect(size).toBeLessThanOrEqual(4096);
        }
      }),
    );
    expect(terminalOf('xterm-256color', 120, 40)).toEqual({ type: 'xterm-256color', columns: 120, rows: 40 });
    expect(terminalOf('a;rm -rf', 0, 2 ** 32 - 1)).toEqual({ type: 'dumb', columns: 80, rows: 4096 });
    expect(cells(-1, 24)).toBe(24);
  });

  it('takes LANG and LC_*, and nothing that reaches further', () => {
    const environment = new AcceptedEnvironment();
    expect(environment.all).toBeUndefined();
    expect(environment.accept('LANG', 'de_DE.UTF-8')).toBe(true);
    expect(environment.accept('LC_ALL', 'C')).toBe(true);
    for (const name of ['LD_PRELOAD', 'PATH', 'LANGUAGE', 'LC_', 'LC_a', 'LC_A=B', 'xLANG', '__proto__', 7]) {
      expect(environment.accept(name, 'x')).toBe(false);
    }
    for (const value of ['a\nb', 'a\0b', 'x'.repeat(300), 7]) {
      expect(environment.accept('LC_TIME', value)).toBe(false);
    }
    for (let at = 0; at < 100; at += 1) environment.accept(`LC_${at}`, 'x');
    expect(Object.keys(environment.all ?? {})).toHaveLength(32);
  });
});
