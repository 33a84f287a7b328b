import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import type { Service, VisitDesk } from './service.js';

interface Guard {
  crashed(error: unknown): void;
}

const guards = new AsyncLocalStorage<Guard>();

/**
 * Lets a service have a connection. What it throws for this connection, at once, at one of the socket's events or
 * later (a timer, a promise), ends this connection and no other.
 */
export function serveGuarded(
  service: Service,
  socket: Socket,
  desk: VisitDesk,
  log: (text: string) => void,
): void {
  const guard: Guard = {
    crashed: (error) => {
      log(`${service.name}: ${describe(error)}`);
      socket.destroy();
    },
  };
  socket.on('error', () => undefined);
  // Events of the socket belong to the server's context, not to that of whoever listens: each is taken by itself.
  const emit = socket.emit;
  const guarded = (...event: readonly unknown[]): boolean => {
    try {
      return guards.run(guard, () => Reflect.apply(emit, socket, event));
    } catch (error) {
      guard.crashed(error);
      return true;
    }
  };
  socket.emit = guarded as typeof emit;
  try {
    guards.run(guard, () => service.serve(socket, desk));
  } catch (error) {
    guard.crashed(error);
  }
}

/** To be called once: takes what nobody caught. */
export function guardProcess(log: (text: string) => void): void {
  // Rejections come this way too.
  process.on('uncaughtException', (error) => {
    const guard = guards.getStore();
    if (guard === undefined) log(`for no visitor: ${describe(error)}`);
    else guard.crashed(error);
  });
}

function describe(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.split('\n', 2).join(' ');
}
