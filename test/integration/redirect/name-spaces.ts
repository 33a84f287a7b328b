import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { until } from '../../support/until.js';

const run = promisify(execFile);

/** `server` and two clients, joined by one bridge of their own; nothing leads out of it. */
export const addresses = {
  server: ['10.213.7.1', 'fd00:213:7::1'],
  intruder: ['10.213.7.2', 'fd00:213:7::2'],
  other: ['10.213.7.3', 'fd00:213:7::3'],
} as const;
export type Place = keyof typeof addresses;

const places = Object.keys(addresses) as Place[];

/** Says in which part of the host it listens, then sends back what it gets. */
const listening = `
  const [, ...all] = process.argv;
  for (const one of all) {
    const [name, port, host] = one.split('|');
    require('node:net').createServer((socket) => {
      socket.on('error', () => {});
      socket.write(name + ' ');
      socket.pipe(socket);
    }).listen(Number(port), host, () => console.log('listening'));
  }`;
const asking = `
  const [, port, host] = process.argv;
  const socket = require('node:net').connect({ port: Number(port), host, timeout: 5000 });
  socket.on('timeout', () => socket.destroy(new Error('timeout')));
  socket.on('error', (error) => { console.log(error.code ?? error.message); process.exit(); });
  socket.once('data', (data) => { console.log(String(data).trim()); process.exit(); });`;

/** Network name spaces of the test's own. */
export class NameSpaces {
  readonly #children: ChildProcess[] = [];
  readonly #prefix = `phantom-test-${process.pid}`;

  static async make(): Promise<NameSpaces> {
    const made = new NameSpaces();
    for (const place of places) await made.#ip('netns', 'add', made.name(place));
    await made.#in('server', 'ip', 'link', 'add', 'br0', 'type', 'bridge');
    for (const [index, place] of places.entries()) {
      const device = place === 'server' ? 'br0' : 'eth0';
      if (place !== 'server') {
        await made.#ip(
          ...['link', 'add', `port${index}`, 'netns', made.name('server'), 'type', 'veth'],
          ...['peer', 'name', 'eth0', 'netns', made.name(place)],
        );
        await made.#in('server', 'ip', 'link', 'set', `port${index}`, 'master', 'br0', 'up');
      }
      const [four, six] = addresses[place];
      await made.#in(place, 'ip', 'link', 'set', 'lo', 'up');
      await made.#in(place, 'ip', 'addr', 'add', `${four}/24`, 'dev', device);
      await made.#in(place, 'ip', '-6', 'addr', 'add', `${six}/64`, 'dev', device, 'nodad');
      await made.#in(place, 'ip', 'link', 'set', device, 'up');
    }
    return made;
  }

  name(place: Place): string {
    return `${this.#prefix}-${place}`;
  }

  /** How a program is run on the server. */
  get onServer(): readonly [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.name('server')];
  }

  /** Listens on the server: name, port and address of each. */
  async listen(...all: readonly (readonly [name: string, port: number, host: string])[]): Promise<void> {
    const [program, ...rest] = this.onServer;
    const child = spawn(program, [
      ...rest,
      process.execPath,
      '-e',
      listening,
      ...all.map((one) => one.join('|')),
    ]);
    this.#children.push(child);
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data;
    });
    await until('the listeners', () => output.split('\n').length > all.length);
  }

  /** Who answers a new connection from a place: its name, or an error. */
  async ask(
    from: Exclude<Place, 'server'>,
    port: number,
    host: string = addresses.server[0],
  ): Promise<string> {
    return (await this.#in(from, process.execPath, '-e', asking, String(port), host)).trim();
  }

  /** A connection that stays: sends a line and gives what came back since the last one. */
  connect(from: Exclude<Place, 'server'>, port: number): (line: string) => Promise<string> {
    const host = addresses.server[0];
    const script = `const s = require('node:net').connect(${port}, '${host}'); process.stdin.pipe(s); s.pipe(process.stdout)`;
    const child = spawn('ip', ['netns', 'exec', this.name(from), process.execPath, '-e', script]);
    this.#children.push(child);
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data;
    });
    return async (line) => {
      child.stdin.write(line);
      return until(`the echo of ${line}`, () => (output.includes(line) ? output : undefined));
    };
  }

  async nft(...args: readonly string[]): Promise<string> {
    return this.#in('server', 'nft', ...args);
  }

  async remove(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const place of places) await this.#ip('netns', 'del', this.name(place)).catch(() => '');
  }

  /** Runs a program in a place, but in this host's mounts; gives its output. */
  async run(place: Place, program: string, ...args: readonly string[]): Promise<string> {
    return (await run('nsenter', [...this.entering(place), program, ...args])).stdout;
  }

  /** Options of nsenter(1). */
  entering(place: Place): readonly string[] {
    return [`--net=/run/netns/${this.name(place)}`, '--'];
  }

  #in(place: Place, ...command: readonly string[]): Promise<string> {
    return this.#ip('netns', 'exec', this.name(place), ...command);
  }

  async #ip(...args: readonly string[]): Promise<string> {
    return (await run('ip', args)).stdout;
  }
}
