import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server that asks for a password, keeps the `user:password` it gets, and knows nothing else. */
export async function basicListener() {
  const logins: string[] = [];
  const server = createServer((request, response) => {
    const [, encoded] = request.headers.authorization?.match(/^Basic (.+)$/) ?? [];
    if (encoded !== undefined) logins.push(Buffer.from(encoded, 'base64').toString());
    const status = encoded === undefined ? 401 : 404;
    response.writeHead(status, { 'www-authenticate': 'Basic realm="r"' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    logins,
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
