import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { errorPage, type Refusal, reasonOf, type Status } from './nginx-pages.js';

/** What is answered. Headers stand behind those of nginx, as those of the application do. */
export interface Reply {
  readonly status: Status;
  readonly type?: string;
  readonly body: string | Buffer;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The connection ends with it. */
  readonly closes?: boolean;
}

/** What the application says of its own pages. */
export const applicationHeaders = [
  ['Cache-Control', 'no-store'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
] as const;

export function page(body: string): Reply {
  return { status: 200, type: 'text/html; charset=utf-8', body, headers: applicationHeaders };
}

export function json(value: unknown, status: Status = 200): Reply {
  return {
    status,
    type: 'application/json',
    body: `${JSON.stringify(value)}\n`,
    headers: applicationHeaders,
  };
}

export function redirect(location: string, headers: Reply['headers'] = []): Reply {
  return {
    status: 302,
    body: '',
    headers: [['Location', location], ['Cache-Control', 'no-store'], ...headers],
  };
}

/** The page of nginx for a refusal. */
export function refused(
  refusal: Refusal,
  server: string,
  request: IncomingMessage,
  headers: Reply['headers'] = [],
): Reply {
  return {
    status: refusal.status,
    type: 'text/html',
    body: errorPage(refusal, server, request.headers['user-agent'] ?? ''),
    headers,
    ...(refusal.closes && { closes: true }),
  };
}

/** Sends it with the headers of nginx, in its order. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  { server, closes }: { readonly server: string; readonly closes: boolean },
): void {
  const { status, type, headers = [] } = reply;
  const isPacked = packs(request, reply);
  const body = isPacked ? gzipSync(reply.body, { level: 1 }) : reply.body;
  response.sendDate = false;
  const own = [
    ['Server', server],
    ['Date', new Date().toUTCString()],
    ...(type === undefined ? [] : [['Content-Type', type]]),
    ...(isPacked ? [['Transfer-Encoding', 'chunked']] : []),
    ...(status === 304 || isPacked ? [] : [['Content-Length', String(Buffer.byteLength(body))]]),
    ['Connection', closes ? 'close' : 'keep-alive'],
    ...headers,
    ...(isPacked ? [['Content-Encoding', 'gzip']] : []),
  ];
  response.writeHead(status, reasonOf(status), own.flat());
  // Without a body for HEAD: node sees to it.
  response.end(body);
}

/** As `gzip on` does, which Debian's nginx.conf has: HTML alone, level 1, of 20 bytes and more. */
function packs({ method, httpVersion, headers }: IncomingMessage, { status, type, body }: Reply): boolean {
  if (method === 'HEAD' || httpVersion !== '1.1' || !type?.startsWith('text/html')) return false;
  const isAccepted = /(?:^|,)\s*gzip\s*(?:;\s*q=(?:1|0\.0*[1-9])[\d.]*)?\s*(?:,|$)/i.test(
    String(headers['accept-encoding'] ?? ''),
  );
  return isAccepted && [200, 403, 404].includes(status) && body.length >= 20;
}
