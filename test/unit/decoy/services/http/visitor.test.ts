import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConsoleSessions } from '../../../../../src/decoy/services/http/console-sessions.js';
import { badRequest } from '../../../../../src/decoy/services/http/nginx-pages.js';
import { Visitor } from '../../../../../src/decoy/services/http/visitor.js';
import type { VisitDesk } from '../../../../../src/decoy/services/service.js';

const told: string[] = [];
const desk = {
  admitted: ({ id }: { id: string }) => void told.push(`admitted ${id}`),
  acted: ({ kind, text }: { kind: string; text: string }) => void told.push(`${kind} ${text}`),
} as unknown as VisitDesk;
const login = { id: 'one', service: 'http', user: 'u', password: 'p' } as const;

class FakeSocket extends EventEmitter {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function visitor() {
  const socket = new FakeSocket();
  return { socket, visitor: new Visitor(socket as unknown as Socket, desk) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  told.length = 0;
});

describe('a connection', () => {
  it('ends when no request has come within 60 s, however slowly it is written', () => {
    const { socket } = visitor();
    vi.advanceTimersByTime(59_000);
    expect(socket.destroyed).toBe(false);
    vi.advanceTimersByTime(1_001);
    expect(socket.destroyed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has as much time as its last step gives it', () => {
    const { socket, visitor: one } = visitor();
    vi.advanceTimersByTime(59_000);
    one.patience(75_000);
    vi.advanceTimersByTime(74_000);
    expect(socket.destroyed).toBe(false);
    socket.destroy();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is told once of its login and of its violation', () => {
    const { visitor: one } = visitor();
    one.admitted(login);
    one.admitted({ ...login, id: 'two' });
    one.admitted(login);
    expect(one.violation('garbage', badRequest)).toBe(true);
    expect(one.violation('more of it', badRequest)).toBe(false);
    expect(told).toEqual(['admitted one', 'admitted two', 'violation garbage']);
  });

  it('ends with its thousandth request', async () => {
    const { socket, visitor: one } = visitor();
    const lasts: boolean[] = [];
    for (let count = 0; count < 1001; count += 1) {
      one.inTurn(async (isLast) => void lasts.push(isLast));
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(lasts).toHaveLength(1000);
    expect(lasts.indexOf(true)).toBe(999);
    expect(socket.destroyed).toBe(true);
  });

  it('ends when too many requests wait, and when one fails', async () => {
    const { socket, visitor: one } = visitor();
    for (let count = 0; count < 101; count += 1) one.inTurn(() => new Promise(() => undefined));
    expect(socket.destroyed).toBe(true);
    const other = visitor();
    other.visitor.inTurn(() => Promise.reject(new Error('a page is broken')));
    await vi.advanceTimersByTimeAsync(0);
    expect(other.socket.destroyed).toBe(true);
  });
});

describe('a session of the console', () => {
  const header = (cookie: string) => `other=1; ${cookie.split(';')[0]}`;

  it('ends 30 minutes after it was used last, or 8 hours after it began', () => {
    let nowMs = 0;
    const sessions = new ConsoleSessions(() => nowMs);
    const [short, long] = [header(sessions.begin(login, false)), header(sessions.begin(login, true))];
    for (let quarter = 0; quarter < 4; quarter += 1) {
      nowMs += 29 * 60_000;
      expect(sessions.loginOf(short)).toBe(login);
    }
    nowMs += 31 * 60_000;
    expect(sessions.loginOf(short)).toBeUndefined();
    expect(sessions.loginOf(long)).toBe(login);
    nowMs += 8 * 3_600_000;
    expect(sessions.loginOf(long)).toBeUndefined();
  });

  it('is nobody else’s, and few are kept', () => {
    const sessions = new ConsoleSessions(() => 0);
    const first = header(sessions.begin(login, false));
    expect(sessions.loginOf('console_session=guess')).toBeUndefined();
    expect(sessions.loginOf(undefined)).toBeUndefined();
    for (let count = 0; count < 500; count += 1) sessions.begin(login, false);
    expect(sessions.loginOf(first)).toBeUndefined();
    const last = header(sessions.begin(login, false));
    sessions.end(last);
    expect(sessions.loginOf(last)).toBeUndefined();
  });
});
