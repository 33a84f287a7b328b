import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { GuestChannel, GuestListener } from '../../../../src/core/decoy/guest.js';
import { DaemonEnd } from '../../../../src/decoy/link/daemon-end.js';
import { encodeFrame, type Frame, FrameReader } from '../../../../src/decoy/link/frame.js';
import { fromChild, fromDaemon } from '../../../../src/decoy/link/frame-types.js';
import type { ChildSettings } from '../../../../src/decoy/link/settings.js';
import { FakeClock, settled } from '../../../support/fake-clock.js';

const login = { id: 'l1', service: 'ssh', user: 'deploy', password: 'p' } as const;
const place = { ip: '127.0.0.1', port: 2222 };
const arrival = { service: 'ssh', remote: { ip: '198.51.100.7', port: 4000 }, local: place };

/** The daemon's end with a child that says what a test wants. */
class Scene {
  readonly told: string[] = [];
  readonly said: Frame[] = [];
  readonly clock = new FakeClock();
  readonly end: DaemonEnd;
  readonly calls: string[] = [];
  guest: GuestListener | undefined;
  over: string | undefined;
  reads = true;
  readonly #stream: Duplex;
  #resume: () => void = () => undefined;

  constructor(mostVisits = 3) {
    const reader = new FrameReader({ maxPayload: 1e8, types: new Set(Object.values(fromDaemon)) }, (frame) =>
      this.said.push(frame),
    );
    this.#stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        reader.push(chunk);
        if (this.reads) done();
        else this.#resume = () => done();
      },
    });
    const tell = (name: string) => (visit: unknown, what?: unknown) =>
      void this.told.push(`${(visit as { id: number }).id} ${name} ${JSON.stringify(what ?? '')}`);
    this.end = new DaemonEnd(
      {
        stream: this.#stream,
        settings: { mostVisits } as ChildSettings,
        listener: {
          connected: tell('connected'),
          refused: tell('refused'),
          admitted: tell('admitted'),
          acted: tell('acted'),
          left: tell('left'),
          placed: () => undefined,
          turnedAway: (service, count) => void this.told.push(`${count} turned away from ${service}`),
          guest: async (_visit, _request, listener) => {
            this.guest = listener;
            return this.channel;
          },
        },
        clock: this.clock,
        nextVisitId: () => 7,
        onReady: () => this.told.push('ready'),
        onLog: (text) => this.told.push(`log ${text}`),
        onLeft: () => undefined,
        onEnd: (reason) => {
          this.over = reason;
        },
      },
      [login],
    );
  }

  readonly channel: GuestChannel = {
    input: (bytes) => this.calls.push(`input ${bytes.length}`),
    endInput: () => this.calls.push('end'),
    resize: (columns, rows) => this.calls.push(`resize ${columns}x${rows}`),
    pause: (paused) => this.calls.push(`pause ${paused}`),
    hangUp: () => this.calls.push('hung up'),
  };

  raw(bytes: Uint8Array): void {
    this.#stream.push(bytes);
  }

  async says(type: number, message: unknown, visit = 1, guest = 0): Promise<void> {
    const payload = message instanceof Uint8Array ? message : Buffer.from(JSON.stringify(message));
    this.raw(encodeFrame({ type, visit, guest, payload }));
    await settled();
  }

  async admitted(): Promise<void> {
    await this.says(fromChild.connected, arrival);
    await this.says(fromChild.admitted, { login: 'l1' });
  }

  async withGuest(): Promise<GuestListener> {
    await this.admitted();
    await this.says(fromChild.guestRequest, { user: 'deploy' }, 1, 5);
    return this.guest as GuestListener;
  }

  readsAgain(): void {
    this.reads = true;
    this.#resume();
  }
}

describe('the end of the link in the daemon', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });

  it('tells the child its settings and the logins at once', async () => {
    await settled();
    expect(scene.said.map(({ type }) => type)).toEqual([fromDaemon.settings, fromDaemon.logins]);
  });

  it('admits by a login that stands in a trap for this service alone', async () => {
    await scene.says(fromChild.connected, arrival);
    await scene.says(fromChild.admitted, { login: 'l2' });
    await scene.says(fromChild.connected, { ...arrival, service: 'redis' }, 2);
    await scene.says(fromChild.admitted, { login: 'l1' }, 2);
    await scene.says(fromChild.admitted, { login: 'l1' }, 99);
    expect(scene.told.filter((line) => line.includes('admitted'))).toEqual([]);
    await scene.says(fromChild.admitted, { login: 'l1' });
    await scene.says(fromChild.admitted, { login: 'l1' });
    expect(scene.told.filter((line) => line.includes('admitted'))).toEqual(['7 admitted "l1"']);
  });

  it('makes every text printable and short', async () => {
    await scene.says(fromChild.connected, arrival);
    await scene.says(fromChild.refused, { user: `a\x1b${'u'.repeat(300)}`, method: '\u202e' });
    await scene.says(fromChild.acted, { kind: 'query', text: '\0'.repeat(4096) });
    await scene.says(fromChild.log, { text: 'x\ny' });
    expect(scene.told[1]).toBe(
      `7 refused ${JSON.stringify({ user: `a\\x1b${'u'.repeat(251)}`, method: '\\xe2\\x80\\xae' })}`,
    );
    expect(scene.told[2]).toBe(
      `7 acted ${JSON.stringify({ kind: 'query', text: '\\x00'.repeat(1024), cut: true })}`,
    );
    expect(scene.told[3]).toBe('log x\\x0ay');
  });

  it('starts nothing for who is not admitted, nor under another name', async () => {
    await scene.says(fromChild.connected, arrival);
    await scene.says(fromChild.guestRequest, { user: 'deploy' }, 1, 5);
    await scene.says(fromChild.admitted, { login: 'l1' });
    await scene.says(fromChild.guestRequest, { user: 'root' }, 1, 6);
    await scene.says(fromChild.guestRequest, { user: 'deploy', environment: { LD_PRELOAD: 'x' } }, 1, 7);
    expect(scene.guest).toBeUndefined();
    await scene.says(fromChild.guestRequest, { user: 'deploy', environment: { LANG: 'C' } }, 1, 8);
    expect(scene.guest).toBeDefined();
  });

  it('gives an input that was asked to wait its bound, then hangs up', async () => {
    const guest = await scene.withGuest();
    guest.inputFull(true);
    const piece = Buffer.alloc(60_000);
    for (let n = 0; n < 80; n += 1) await scene.says(fromChild.guestInput, piece, 1, 5);
    expect(scene.calls.filter((call) => call === 'input 60000')).toHaveLength(69);
    expect(scene.calls.at(-1)).toBe('hung up');
    expect(scene.over).toBeUndefined();
  });

  it('lets guests wait while the child does not read, and ends a child that never does', async () => {
    const guest = await scene.withGuest();
    scene.reads = false;
    guest.output('stdout', Buffer.alloc(200_000));
    expect(scene.calls).toEqual(['pause true']);
    scene.readsAgain();
    await settled();
    expect(scene.calls).toEqual(['pause true', 'pause false']);
    scene.reads = false;
    for (let n = 0; n < 40; n += 1) guest.output('stdout', Buffer.alloc(1_000_000));
    expect(scene.over).toBe('the other side does not read');
    expect(scene.calls.at(-1)).toBe('hung up');
  });

  it('gives the size of a window once for many', async () => {
    await scene.withGuest();
    for (let n = 1; n <= 50; n += 1) await scene.says(fromChild.resize, { columns: n, rows: 9 }, 1, 5);
    await scene.clock.advance(1000);
    expect(scene.calls).toEqual(['resize 50x9']);
  });

  it('tells of no more visits at once than there may be', async () => {
    for (let visit = 1; visit <= 9; visit += 1) await scene.says(fromChild.connected, arrival, visit);
    expect(scene.told).toHaveLength(3);
  });

  it('tells of a bounded number of acts, and how many it left out', async () => {
    await scene.says(fromChild.connected, arrival);
    for (let n = 0; n < 1000; n += 1)
      scene.raw(
        encodeFrame({
          type: fromChild.acted,
          visit: 1,
          guest: 0,
          payload: Buffer.from('{"kind":"query","text":"x"}'),
        }),
      );
    await scene.says(fromChild.left, { bytesIn: 1, bytesOut: 2 });
    expect(scene.told).toHaveLength(1 + 300 + 2);
    expect(scene.told.at(-2)).toContain('700 more things');
    expect(scene.told.at(-1)).toBe('7 left {"bytesIn":1,"bytesOut":2,"durationMs":0}');
  });

  it('ends the link of a child that floods it with nonsense', async () => {
    const frame = encodeFrame({ type: fromChild.hangUp, visit: 3, guest: 3, payload: Buffer.alloc(0) });
    for (let n = 0; n < 201 && scene.over === undefined; n += 1) {
      scene.raw(Buffer.concat(Array<Buffer>(100).fill(frame)));
      await settled();
    }
    expect(scene.over).toBe('it sends nonsense');
  });

  it('tells every open visit as left when the pipe breaks, before anything else', async () => {
    await scene.withGuest();
    scene.raw(Buffer.alloc(100, 0xff));
    await settled();
    expect(scene.over).toBe('a message of 4294967295 bytes');
    expect(scene.calls).toEqual(['hung up']);
    expect(scene.told.at(-1)).toBe('7 left {"bytesIn":0,"bytesOut":0,"durationMs":0}');
  });

  describe('asks whether the child still answers', () => {
    const asked = () => scene.said.filter(({ type }) => type === fromDaemon.ping).length;

    it('and ends one that does not, sooner once it has come up', async () => {
      await scene.says(fromChild.ready, '');
      for (let tick = 0; tick < 6; tick += 1) await scene.clock.advance(5000);
      expect([asked(), scene.over]).toEqual([6, undefined]);
      await scene.clock.advance(5000);
      expect(scene.over).toBe('it does not answer any more');
      expect(scene.clock.pendingTimers).toBe(0);
    });

    it('and lets it take its time to come up', async () => {
      await scene.clock.advance(60_000);
      expect([asked(), scene.over]).toEqual([12, undefined]);
      await scene.clock.advance(5000);
      expect(scene.over).toBe('it does not answer any more');
    });

    it('and lets it be as long as it does', async () => {
      await scene.says(fromChild.ready, '');
      for (let tick = 0; tick < 50; tick += 1) {
        await scene.clock.advance(15_000);
        await scene.says(fromChild.pong, new Uint8Array(0), 0);
      }
      expect(scene.over).toBeUndefined();
    });

    it('and takes an answer that nobody asked for as nonsense', async () => {
      for (let answer = 0; answer < 20_001; answer += 1)
        scene.raw(encodeFrame({ type: fromChild.pong, visit: 0, guest: 0, payload: new Uint8Array(0) }));
      await settled();
      expect(scene.over).toBe('it sends nonsense');
    });
  });

  it('never throws, whatever stands in a message', async () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record(
          {
            service: fc.constantFrom('ssh', 'x'),
            user: fc.anything(),
            text: fc.string(),
            kind: fc.constant('query'),
            remote: fc.constant(place),
            local: fc.anything(),
          },
          { requiredKeys: [] },
        )
        .map((message) =>
          Buffer.from(JSON.stringify(message, (_key, value) => (typeof value === 'bigint' ? 1 : value))),
        ),
    );
    const frame = fc.record({
      type: fc.constantFrom(...Object.values(fromChild)),
      visit: fc.nat(3),
      guest: fc.nat(2),
      payload,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 30 }), async (frames) => {
        const one = new Scene();
        one.raw(Buffer.concat(frames.map(encodeFrame)));
        await settled();
        expect(one.over).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});
