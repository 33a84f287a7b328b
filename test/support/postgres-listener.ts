import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What a client said before it was turned away. */
export interface PostgresLogin {
  readonly user: string;
  readonly database: string;
  /** As it was sent: the word itself, or `md5` and a hash of it with the salt `salt`. */
  readonly password: string;
}

export const salt = Buffer.from([1, 2, 3, 4]);

/** Speaks PostgreSQL up to the password (protocol 3.0, "Message Formats"), and refuses every one. */
export async function postgresListener(method: 'cleartext' | 'md5') {
  const logins: PostgresLogin[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    converse(socket, method, (login) => logins.push(login));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    logins,
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function converse(socket: Socket, method: 'cleartext' | 'md5', tell: (login: PostgresLogin) => void): void {
  let settings: Record<string, string> | undefined;
  let unread = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    // Only the first message has no type before its length.
    const head = settings === undefined ? 0 : 1;
    const end = endOfMessage(unread, head);
    if (end === undefined) return;
    const body = unread.subarray(head + 4, end);
    unread = unread.subarray(end);
    if (settings !== undefined) {
      tell({
        user: settings.user ?? '',
        database: settings.database ?? '',
        password: `${body.subarray(0, -1)}`,
      });
      socket.end(message('E', Buffer.from('SFATAL\0C28P01\0Mrefused\0\0')));
    } else if (body.readInt32BE(0) > 80_877_000) {
      // Requests for encryption: no.
      socket.write('N');
    } else {
      settings = settingsIn(body.subarray(4));
      socket.write(method === 'md5' ? message('R', int(5), salt) : message('R', int(3)));
    }
  });
}

/** Undefined as long as the message is not whole. */
function endOfMessage(unread: Buffer, head: number): number | undefined {
  if (unread.length < head + 4) return undefined;
  const end = head + unread.readInt32BE(head);
  return unread.length < end ? undefined : end;
}

function settingsIn(body: Buffer): Record<string, string> {
  const words = body.toString().split('\0');
  return Object.fromEntries(
    words.flatMap((word, index) => (index % 2 === 0 && word !== '' ? [[word, words[index + 1] ?? '']] : [])),
  );
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int(body.length + 4), body]);
}
