import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Service, ServiceSettings, VisitDesk } from '../../../src/decoy/services/service.js';

/** Services of the tests: `ssh` does what a line says and answers in a line; the others echo. */
export const services = [
  (settings: ServiceSettings): Service => ({
    name: 'ssh',
    serve: (socket, desk) => byLine(socket, (line) => obey(line, socket, desk, settings)),
  }),
  (): Service => ({ name: 'http', serve: (socket) => void socket.pipe(socket) }),
  (): Service => ({ name: 'redis', serve: (socket) => void socket.pipe(socket) }),
];

function byLine(socket: Socket, onLine: (line: string) => void): void {
  let held = '';
  socket.on('data', (chunk) => {
    held += chunk.toString('latin1');
    const lines = held.split('\n');
    held = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}

type Deed = (text: string, socket: Socket, desk: VisitDesk, settings: ServiceSettings) => unknown;

const deeds: Record<string, Deed> = {
  hello: (_text, _socket, _desk, { story }) => `hello from ${story.hostname}`,
  user: (user, _socket, desk) => desk.loginsOf(user).map(({ password }) => password),
  refuse: (user, _socket, desk) => desk.refused({ user, method: 'password' }),
  admit: (user, _socket, desk) => {
    const [login] = desk.loginsOf(user);
    if (login) desk.admitted(login);
    return login !== undefined;
  },
  act: (text, _socket, desk) => desk.acted({ kind: 'command', text }),
  acts: (count, _socket, desk) => {
    for (let n = 0; n < Number(count); n += 1) desk.acted({ kind: 'command', text: `${n}` });
  },
  read: (path) => readFileSync(path, 'latin1').length,
  status: () => readFileSync('/proc/self/status', 'latin1'),
  list: (path) => readdirSync(path),
  environment: () => ({ environment: process.env, folder: process.cwd(), keys: Object.keys(process.env) }),
  connect: (place) =>
    new Promise((resolve) => {
      const [host = '', port] = place.split(' ');
      const socket = port === undefined ? connect(host) : connect(Number(port), host);
      socket.once('connect', () => resolve('connected'));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    }),
  worker: () =>
    new Promise((resolve, reject) => {
      const script = `
        const { parentPort } = require('node:worker_threads');
        import('${import.meta.resolve('@electric-sql/pglite')}')
          .then(({ PGlite }) => PGlite.create())
          .then((db) => db.query('select 6 * 7 as answer'))
          .then(({ rows }) => parentPort.postMessage(rows[0].answer));`;
      const worker = new Worker(script, { eval: true });
      worker.once('message', resolve);
      worker.once('error', reject);
    }),
  loop: () => {
    for (;;);
  },
  throw: () => {
    throw new Error('thrown at once');
  },
  later: () => void setTimeout(() => throwLater(), 1),
  reject: () => void Promise.reject(new Error('rejected')),
  spawn: async () => (await import('node:child_process')).spawnSync('/bin/true').error?.message,
  write: async (path) => (await import('node:fs')).writeFileSync(path, 'x'),
  guest: (user, socket, desk) => shell(user, socket, desk),
};

function throwLater(): void {
  throw new Error('thrown later');
}

async function shell(user: string, socket: Socket, desk: VisitDesk): Promise<string> {
  const channel = await desk.guest(
    { user, terminal: { type: 'xterm', columns: 80, rows: 24 } },
    {
      output: (_stream, bytes) => {
        if (!socket.write(bytes)) channel.pause(true);
      },
      inputFull: (full) => (full ? socket.pause() : socket.resume()),
      exited: (exit) => socket.end(`exited ${JSON.stringify(exit)}\n`),
    },
  );
  socket.removeAllListeners('data');
  socket.on('data', (bytes) => channel.input(bytes));
  socket.on('drain', () => channel.pause(false));
  socket.on('end', () => channel.endInput());
  socket.on('close', () => channel.hangUp());
  return 'started';
}

function obey(line: string, socket: Socket, desk: VisitDesk, settings: ServiceSettings): void {
  const [word = '', ...rest] = line.split(' ');
  const deed = deeds[word];
  const isFault = ['throw', 'later', 'reject'].includes(word);
  if (deed === undefined) return;
  const answer = (result: unknown) => void socket.write(`${JSON.stringify(result ?? null)}\n`);
  if (isFault) answer(deed(rest.join(' '), socket, desk, settings));
  else
    Promise.resolve()
      .then(() => deed(rest.join(' '), socket, desk, settings))
      .then(answer, (error: NodeJS.ErrnoException) => answer(`failed: ${error.code ?? error.message}`));
}
