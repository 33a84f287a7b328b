import { describe, expect, it } from 'vitest';
import type { Sensor, SensorListener } from '../../../src/core/ports/sensor.js';
import { SensorUnavailable } from '../../../src/core/ports/sensor.js';
import { recordTo } from '../../../src/core/record.js';
import { armSensor } from '../../../src/daemon/arm-sensor.js';
import { FakeAuditLog, FakeDiagnostics } from '../../support/core-fakes.js';
import { FakeClock } from '../../support/fake-clock.js';
import { passwords, touch } from '../../support/touches.js';

class FakeSensor implements Sensor {
  follow(): void {}

  listener: SensorListener | undefined;
  disarmed = 0;

  constructor(
    readonly name: 'ebpf' | 'inotify',
    readonly failure?: Error,
  ) {}

  async arm(_: unknown, listener: SensorListener): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.listener = listener;
  }

  async add(): Promise<never[]> {
    return [];
  }

  async remove(): Promise<void> {}

  spare(): void {}

  restart(): void {}

  async disarm(): Promise<void> {
    this.disarmed += 1;
  }
}

function arm(...candidates: Sensor[]) {
  const audit = new FakeAuditLog([]);
  const clock = new FakeClock();
  const touched: unknown[] = [];
  const chosen: string[] = [];
  const armed = armSensor({
    candidates,
    firstTraps: async () => [passwords],
    coming: 0,
    record: recordTo(audit, new FakeDiagnostics()),
    clock,
    chosen: ({ name }) => chosen.push(name),
    touched: (one) => touched.push(one),
    followed: () => {},
    trailOmitted: () => {},
    interrupted: () => {},
  });
  return { armed, audit, touched, chosen };
}

describe('arming a sensor', () => {
  it('takes the first one that works and puts it on record', async () => {
    const ebpf = new FakeSensor('ebpf');
    const { armed, audit } = arm(ebpf, new FakeSensor('inotify'));
    expect(await armed).toBe(ebpf);
    expect(audit.actions).toEqual(['sensor-armed']);
  });

  it('says why it falls back, and leaves nothing of the one that failed', async () => {
    const ebpf = new FakeSensor('ebpf', new SensorUnavailable('the kernel has no BTF'));
    const inotify = new FakeSensor('inotify');
    const { armed, audit, chosen } = arm(ebpf, inotify);
    expect(await armed).toBe(inotify);
    expect(ebpf.disarmed).toBe(1);
    expect(audit.events[0]).toMatchObject({ action: 'sensor-fallback', reason: 'the kernel has no BTF' });
    expect(chosen.at(-1)).toBe('inotify');
  });

  it('gives every reason when none works', async () => {
    const { armed } = arm(
      new FakeSensor('ebpf', new SensorUnavailable('no BTF')),
      new FakeSensor('inotify', new SensorUnavailable('not installed')),
    );
    await expect(armed).rejects.toThrow('no sensor works here: ebpf: no BTF; inotify: not installed');
  });

  it('does not hide a mistake of our own behind a fallback', async () => {
    const { armed } = arm(new FakeSensor('ebpf', new TypeError('a bug')), new FakeSensor('inotify'));
    await expect(armed).rejects.toThrow(TypeError);
  });

  it('hands touches on and puts blindness and gaps on record with both times', async () => {
    const ebpf = new FakeSensor('ebpf');
    const { armed, audit, touched } = arm(ebpf);
    await armed;
    ebpf.listener?.touched(touch());
    ebpf.listener?.lost('it was killed');
    ebpf.listener?.gap({ fromNs: 1_000_000_000n, toNs: 3_500_000_000n, lost: 7, reason: 'it was killed' });
    await Promise.resolve();
    expect(touched).toHaveLength(1);
    expect(audit.events.slice(1)).toMatchObject([
      { action: 'sensor-lost', reason: 'it was killed' },
      { action: 'sensor-gap', sensor: { lost: 7, gapFromNs: 1_000_000_000n, gapToNs: 3_500_000_000n } },
    ]);
    expect(audit.events.at(-1)?.message).toContain('2.500 s');
  });
});
