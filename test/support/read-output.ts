import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { decodeLine } from '../../src/sensor/ebpf/decode-line.js';
import { LineReader } from '../../src/sensor/ebpf/line-reader.js';
import { type KernelTouch, TouchAssembler } from '../../src/sensor/ebpf/touch-assembler.js';
import { damaged, transcript } from './hostile-lines.js';

const lines = (['page-cache', 'syscalls', 'light'] as const).flatMap(transcript);

/** Reads lines as the sensor does. */
export function read(source: Iterable<string>, touched: (touch: KernelTouch) => void) {
  let lost = 0;
  const assembler = new TouchAssembler({
    touch: touched,
    lost: (count) => {
      lost += count;
    },
  });
  const reader = new LineReader({
    message: (message) => assembler.accept(message),
    lostEvents: (count) => {
      lost += count;
    },
  });
  for (const line of source) reader.accept(line);
  assembler.finish();
  return { lost, unreadable: reader.takeUnreadable() };
}

/** So many damaged lines crash nothing, invent no touch and fill no memory. */
export function expectHarmless(count: number): void {
  const seed = Date.now();
  const named = new Set<string>();
  let heads = 0;
  function* watched() {
    for (const line of damaged(lines, count, seed)) {
      // What a line of a touch says, read by other means than the sensor's.
      const [, letter, slot = ''] = /^([a-z]) \d+ \d+ (\d+) /.exec(decodeLine(line)?.text ?? '') ?? [];
      if (letter === 't') {
        heads += 1;
        named.add(`${Number(slot)}`);
      }
      yield line;
    }
  }
  const before = memoryInUse();
  let touches = 0;
  const { unreadable } = read(watched(), ({ slot }) => {
    touches += 1;
    if (!named.has(`${slot}`)) throw new Error(`seed ${seed}: a touch of slot ${slot}, which no line named`);
  });
  expect(memoryInUse() - before, `seed ${seed}`).toBeLessThan(40e6);
  expect(touches, `seed ${seed}`).toBeLessThanOrEqual(heads);
  expect(touches).toBeGreaterThan(1000);
  expect(unreadable).toBeGreaterThan(1000);
}

/** Bytes on the heap that are in use for sure. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
