import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../src/sensor/ebpf/messages.js';
import { type KernelTouch, TouchAssembler } from '../../../../src/sensor/ebpf/touch-assembler.js';

function touchLines(cpu: number, firstSeq: number, slot: number): string[] {
  return [
    `t ${cpu} ${firstSeq} ${slot} 1 100 812 812 50 800 0 33 33 4294967295 4294967295 0\n`,
    `c ${cpu} ${firstSeq + 1} cat\n`,
    `v ${cpu} ${firstSeq + 2} 63617400\n`,
    `y ${cpu} ${firstSeq + 3} pts0\n`,
    `a ${cpu} ${firstSeq + 4} 800 40 33 33 sh\n`,
    `a ${cpu} ${firstSeq + 5} 1 1 0 0 systemd\n`,
    `e ${cpu} ${firstSeq + 6}\n`,
  ];
}

function assemble(lines: readonly string[]) {
  const touches: KernelTouch[] = [];
  let lost = 0;
  const assembler = new TouchAssembler({
    touch: (touch) => touches.push(touch),
    lost: (count) => {
      lost += count;
    },
  });
  for (const line of lines) {
    const message = parseMessage(line);
    if (message !== undefined) assembler.accept(message);
  }
  assembler.finish();
  return { touches, lost };
}

/** Gives the touches of lines of one processor, numbered from 1. */
const touchesOf = (...lines: readonly string[]) =>
  assemble(lines.map((line, index) => `${line.replace(' ', ` 0 ${index + 1} `)}\n`)).touches;
const head = 't 2 4 100 812 813 50 800 0 33 33 4294967295 4294967295 0';

describe('touch assembler', () => {
  it('gives the numbers and the cgroup of the actor', () => {
    const numbers = 'n 0 5 77 265289728 99 1 2 3 4';
    expect(touchesOf(head, 'c cp', numbers, 'g ssh.service', 'e ')).toMatchObject([
      { cgroup: 'ssh.service', numbers: { cgroupId: 77n, executable: { inode: 99n } }, whole: true },
    ]);
  });

  it('gives the destination of a copy from its name to the root', () => {
    const [copy] = touchesOf(head, 'c cp', 'd copy.txt', 'd tmp', 'd /', 'e ');
    expect(copy?.destination).toEqual(['copy.txt', 'tmp', '/']);
    expect(touchesOf(head, 'c cp', 'e ')[0]).not.toHaveProperty('destination');
  });

  it('gives a card as a touch of no slot, with who left it', () => {
    const card = 't 0 0 100 812 813 50 800 0 33 33 4294967295 4294967295 0';
    expect(touchesOf(card, 'c rm', 'a 800 40 33 33 sh', 'e ')).toMatchObject([
      { slot: 0, op: 0, tid: 813, comm: 'rm', ancestors: [{ pid: 800 }], whole: true },
    ]);
  });

  it('is not confused by other lines between those of a touch', () => {
    const m = `m 0 ${(812n << 32n) | 33n} 50 3 0`;
    expect(touchesOf(head, 'h 100', 'c cat', m, 'p 1 100', 'r 2 9 100 0', 'u 2', 'e ')).toMatchObject([
      { comm: 'cat', whole: true },
    ]);
  });

  it('bounds what one touch takes, however many lines it has', () => {
    const many = Array.from({ length: 5000 }, (_, index) => [`a ${index} 40 33 33 sh`, 'd name']).flat();
    const [touch] = touchesOf(head, ...many);
    expect(touch?.ancestors.length).toBeLessThanOrEqual(128);
    expect(touch?.destination?.length).toBeLessThanOrEqual(128);
  });

  it('puts a touch together with its whole ancestry', () => {
    const { touches, lost } = assemble(touchLines(0, 1, 2));
    expect(lost).toBe(0);
    expect(touches).toHaveLength(1);
    expect(touches[0]).toMatchObject({ slot: 2, comm: 'cat', args: 'cat\0', tty: 'pts0', whole: true });
    expect(touches[0]?.ancestors.map(({ comm }) => comm)).toEqual(['sh', 'systemd']);
  });

  it('keeps touches of different processors apart, however their lines interleave', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (choices) => {
        const left = [...touchLines(0, 1, 2), ...touchLines(0, 8, 3)];
        const right = [...touchLines(1, 1, 4), ...touchLines(1, 8, 5)];
        const mixed: string[] = [];
        for (const takeLeft of choices) {
          const next = (takeLeft && left.length > 0) || right.length === 0 ? left.shift() : right.shift();
          if (next === undefined) break;
          mixed.push(next);
        }
        const { touches, lost } = assemble(mixed);
        expect(lost).toBe(0);
        expect(touches.map(({ slot }) => slot).sort()).toEqual([2, 3, 4, 5]);
        expect(touches.every(({ whole, ancestors }) => whole && ancestors.length === 2)).toBe(true);
      }),
    );
  });

  it('counts every line that was lost and still tells the touch it belonged to', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), (index) => {
        const lines = [...touchLines(0, 1, 2), 'h 0 8 200\n'];
        lines.splice(index, 1);
        const { touches, lost } = assemble(lines);
        expect(lost).toBe(1);
        expect(touches).toHaveLength(1);
        expect(touches[0]).toMatchObject({ slot: 2, whole: false });
      }),
    );
  });

  it('invents no touch when its head was lost', () => {
    const { touches, lost } = assemble([...touchLines(0, 1, 2).slice(1), ...touchLines(0, 8, 3)]);
    expect(lost).toBe(1);
    expect(touches.map(({ slot }) => slot)).toEqual([3]);
  });

  it('finds lines lost before the first one', () => {
    expect(assemble(['h 1 5 100\n']).lost).toBe(4);
  });
});
