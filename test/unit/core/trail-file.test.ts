import { describe, expect, it } from 'vitest';
import type { TrailEvent } from '../../../src/core/trail.js';
import { TrailFile } from '../../../src/core/trail-file.js';

const event: TrailEvent = {
  kind: 'unlink',
  atNs: 1_795_421_223_226_185_059n,
  process: { pid: 900, startedAtNs: 6_000_000_000n, name: 'rm' },
  rootPid: 812,
  path: `/tmp/${'x'.repeat(60_000)}`,
};

describe('the files of a trail', () => {
  it('end after 64, and the last says so', () => {
    const trail = new TrailFile();
    const names: string[] = [];
    let last = '';
    for (let count = 0; count < 1000; count += 1) {
      if (!trail.add(event, [])) continue;
      const file = trail.take();
      names.push(file?.name ?? 'none');
      last = Buffer.from(file?.content ?? []).toString();
    }
    expect(names).toHaveLength(65);
    expect(names.slice(0, 2)).toEqual(['trail/0001.jsonl', 'trail/0002.jsonl']);
    expect(names.at(-1)).toBe('trail/OMITTED');
    expect(last).toBe('no event is kept after the first 64 files\n');
    expect(trail.take()).toBeUndefined();
  });

  it('keep times to the nanosecond', () => {
    const trail = new TrailFile();
    trail.add(event, []);
    const [line] = Buffer.from(trail.take()?.content ?? [])
      .toString()
      .split('\n');
    expect(JSON.parse(line ?? '').atNs).toBe('1795421223226185059');
  });
});
