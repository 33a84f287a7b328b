import { rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A guest's program goes on writing when its input is over. */
const halfOpen = { allowHalfOpen: true };

/** A socket in front of the real engine's, so that a test can make Docker slow or absent. */
export class DockerProxy {
  /** Wait before a connection is passed on, ms; -1 closes it at once. */
  delayMs = 0;
  readonly #path: string;
  readonly #target: string;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;

  constructor(path: string, target: string) {
    this.#path = path;
    this.#target = target;
  }

  async listen(): Promise<void> {
    const server = createServer(halfOpen, (client) => void this.#serve(client));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#path, resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
    this.#server = undefined;
    await rm(this.#path, { force: true });
  }

  async #serve(client: Socket): Promise<void> {
    this.#track(client);
    if (this.delayMs < 0) return void client.destroy();
    await delay(this.delayMs);
    if (client.destroyed) return;
    const engine = createConnection({ path: this.#target, ...halfOpen });
    this.#track(engine);
    client.pipe(engine).pipe(client);
  }

  #track(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#open.delete(socket));
  }
}
