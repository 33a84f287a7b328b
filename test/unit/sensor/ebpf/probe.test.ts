import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootClock } from '../../../../src/sensor/ebpf/boot-clock.js';
import { Probe } from '../../../../src/sensor/ebpf/probe.js';

describe('probe', () => {
  let folder: string;
  let now: bigint;
  let clock: BootClock;
  let registered: string[];
  let probe: Probe;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phantom-probe-'));
    now = 1000n;
    clock = new BootClock();
    registered = [];
    probe = new Probe({
      path: join(folder, 'run', 'probe'),
      nowNs: () => {
        now += 10n;
        return now;
      },
      clock,
      register: (path) => registered.push(path),
    });
    await probe.create();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is proven by its registration alone where hooks see nothing of it', () => {
    probe.touch();
    expect(registered).toEqual([probe.path]);
    expect(probe.proven).toBe(false);
    probe.answered('registered', 5n);
    expect(probe.proven).toBe(true);
  });

  it('is proven when everything that is expected came back, not before', () => {
    probe.expect(['open', 'read']);
    probe.touch();
    for (const answer of ['registered', 'read'] as const) {
      probe.answered(answer, 5n);
      expect(probe.proven).toBe(false);
    }
    expect(probe.missing).toEqual(['open']);
    probe.answered('open', 5n);
    expect(probe.proven).toBe(true);
  });

  it('waits for all of a later touch again', () => {
    probe.expect(['open']);
    probe.touch();
    probe.answered('registered', 5n);
    probe.answered('open', 5n);
    expect(probe.waitingMs).toBe(0);
    expect(probe.answeredAtNs).toBe(now);
    probe.touch();
    probe.answered('registered', 6n);
    expect(probe.unansweredSinceNs).toBeDefined();
    expect(probe.missing).toEqual(['open']);
  });

  it('says since when the oldest touch is unanswered', () => {
    probe.touch();
    const since = probe.unansweredSinceNs;
    probe.touch();
    expect(probe.unansweredSinceNs).toBe(since);
    expect(probe.waitingMs).toBeGreaterThanOrEqual(0);
  });

  it('sets the clock by an answer only when it is sure which touch it answers', () => {
    probe.touch();
    probe.touch();
    probe.answered('registered', 5n);
    expect(clock.toEpochNs(0n)).toBeUndefined();
    probe.touch();
    const between = now;
    probe.answered('registered', 5n);
    const epoch = clock.toEpochNs(5n) as bigint;
    expect(epoch <= between && epoch >= between - 20n).toBe(true);
  });

  it('keeps the clock when answers come a touch late, as behind a flood', () => {
    const second = 1_000_000_000n;
    const kernelNs: bigint[] = [];
    const touch = () => {
      now += second;
      probe.touch();
      kernelNs.push(now - 5n);
    };
    const answer = () => probe.answered('registered', kernelNs.shift() as bigint);
    touch();
    answer();
    touch();
    for (let turn = 0; turn < 5; turn += 1) {
      touch();
      answer();
      const error = clock.toEpochNs(0n) as bigint;
      expect(error < 20n && error > -20n).toBe(true);
    }
  });

  it('follows the clock again after an answer was lost', () => {
    probe.touch();
    probe.answered('registered', now - 5n);
    probe.touch();
    now += 1_000_000_000n;
    probe.touch();
    probe.answered('registered', now - 5n);
    const day = 86_400_000_000_000n;
    const kernelNow = now;
    now += day;
    probe.touch();
    probe.answered('registered', kernelNow + 20n);
    expect((clock.toEpochNs(0n) as bigint) > day - 1000n).toBe(true);
  });
});
