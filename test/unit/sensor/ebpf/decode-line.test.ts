import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine } from '../../../../src/sensor/ebpf/decode-line.js';

/** `JsonOutput::json_escape` of bpftrace, where `char` is signed (x86) or not (arm). */
function bpftraceEscape(bytes: Uint8Array, signedChar: boolean): string {
  const short: Record<number, string> = { 34: '\\"', 92: '\\\\', 10: '\\n', 13: '\\r', 9: '\\t' };
  return Array.from(bytes, (byte) => {
    if (short[byte] !== undefined) return short[byte];
    if (byte <= 0x1f) return `\\u${byte.toString(16).padStart(4, '0')}`;
    return byte >= 0x80 && signedChar ? `\\uffffff${byte.toString(16)}` : String.fromCharCode(byte);
  }).join('');
}

describe('decodeLine', () => {
  it.each([true, false])('gives back any bytes that bpftrace escaped (signed char: %s)', (signedChar) => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const line = `{"type": "printf", "data": "${bpftraceEscape(bytes, signedChar)}"}`;
        expect(decodeLine(line)).toEqual({ type: 'printf', text: Buffer.from(bytes).toString('latin1') });
      }),
    );
  });

  it('is not deceived by a name that spells an escape', () => {
    const bytes = Buffer.from('\\uffffff80');
    const line = `{"type": "printf", "data": "${bpftraceEscape(bytes, true)}"}`;
    expect(decodeLine(line)?.text).toBe('\\uffffff80');
  });

  it('reads how many events bpftrace says it lost', () => {
    expect(decodeLine('{"type": "lost_events", "data": {"events": 7}}')).toEqual({
      type: 'lost_events',
      lostEvents: 7,
    });
  });

  it('gives nothing for garbage and half lines, and never throws', () => {
    for (const garbage of [
      '',
      'Attaching 5 probes...',
      '{"type": "printf", "data": "t 0',
      '{}',
      '[]',
      'null',
      '7',
    ])
      expect(decodeLine(garbage)).toBeUndefined();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => void decodeLine(line)));
  });
});
