import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { MakeService, Service, ServiceSettings, VisitDesk } from '../service.js';
import { Console } from './console.js';
import {
  addressTooLong,
  badRequest,
  badVersion,
  bodyTooLarge,
  headersTooLarge,
  notImplemented,
  type Refusal,
  rawRefusal,
} from './nginx-pages.js';
import { type Reply, refused, send } from './reply.js';
import { BodyTooLarge, mostBodyBytes, readBody } from './request-body.js';
import { mostHeaderBytes, refusalOf, requestText, targetOf } from './request-target.js';
import { patienceMs, Visitor } from './visitor.js';

/** An internal admin console behind nginx. */
export const makeHttpService: MakeService = (settings) => new HttpService(settings);

class HttpService implements Service {
  readonly name = 'http';
  readonly #server: Server;
  readonly #console: Console;
  readonly #software: string;
  readonly #visitors = new WeakMap<Socket, Visitor>();

  constructor(settings: ServiceSettings) {
    this.#software = settings.software.http;
    this.#console = new Console(settings);
    this.#server = createServer({
      maxHeaderSize: mostHeaderBytes,
      // Answered as nginx does, which node would not.
      requireHostHeader: false,
      insecureHTTPParser: false,
      keepAliveTimeout: 0,
    });
    // Its own time limits hold for a server that listens; `Visitor` has them.
    this.#server.timeout = 0;
    const answer = (request: IncomingMessage, response: ServerResponse) => this.#request(request, response);
    this.#server.on('request', answer);
    this.#server.on('checkContinue', answer);
    this.#server.on('checkExpectation', answer);
    this.#server.on('connect', (_request, socket) =>
      this.#unreadable(socket as Socket, badRequest, 'CONNECT'),
    );
    this.#server.on('clientError', (error: ParserError, socket) => this.#noRequest(error, socket as Socket));
  }

  serve(socket: Socket, desk: VisitDesk): void {
    this.#visitors.set(socket, new Visitor(socket, desk));
    socket.on('error', () => socket.destroy());
    this.#server.emit('connection', socket);
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const visitor = this.#visitors.get(request.socket);
    if (visitor === undefined) return;
    visitor.lastRequest = request;
    // Errors of a request are those of its connection.
    request.on('error', () => undefined);
    visitor.inTurn(async (isLast) => {
      if (request.socket.destroyed) return;
      const reply = await this.#reply(request, response, visitor);
      await this.#finish(request, response, visitor, isLast ? { ...reply, closes: true } : reply);
    });
  }

  async #reply(request: IncomingMessage, response: ServerResponse, visitor: Visitor): Promise<Reply> {
    const refusal = refusalOf(request);
    if (refusal !== undefined) return refused(refusal, this.#software, request);
    const target = targetOf(request.url ?? '');
    if (target === undefined) return refused(badRequest, this.#software, request);
    try {
      visitor.patience(patienceMs.body);
      const awaits = /^100-continue$/i.test(request.headers.expect ?? '');
      if (awaits && Number(request.headers['content-length'] ?? 0) <= mostBodyBytes) response.writeContinue();
      const whole = readBody(request, () => visitor.patience(patienceMs.body));
      const first = await Promise.race([whole, visitor.failed]);
      // Its body is none; what failed after a whole request is another's.
      if (!Buffer.isBuffer(first) && !request.complete) {
        whole.catch(() => undefined);
        return refused(first, this.#software, request);
      }
      const body = await whole;
      const { desk } = visitor;
      return await this.#console.answer({
        request,
        target,
        body,
        desk,
        admitted: (login) => visitor.admitted(login),
      });
    } catch (error) {
      if (!(error instanceof BodyTooLarge)) throw error;
      visitor.violation(`more than ${mostBodyBytes} bytes in one request`, bodyTooLarge);
      return refused(bodyTooLarge, this.#software, request);
    }
  }

  /** Resolves when it is sent: the next one of this connection comes after it. */
  async #finish(
    request: IncomingMessage,
    response: ServerResponse,
    visitor: Visitor,
    reply: Reply,
  ): Promise<void> {
    const { socket } = request;
    const closes = reply.closes === true || !isKept(request);
    visitor.patience(patienceMs.send);
    await new Promise<void>((resolve) => {
      response.once('finish', resolve);
      response.once('close', resolve);
      send(request, response, reply, { server: this.#software, closes });
    });
    visitor.desk.acted({ kind: 'request', text: requestText(request, reply.status) });
    if (closes) this.#linger(socket);
    else visitor.patience(patienceMs.keepAlive);
  }

  #noRequest(error: ParserError, socket: Socket): void {
    const visitor = this.#visitors.get(socket);
    if (visitor === undefined || error.code === 'ECONNRESET' || error.code === 'EPIPE') {
      socket.destroy();
      return;
    }
    const bytes = error.rawPacket?.subarray(0, 200).toString('latin1') ?? '';
    this.#unreadable(socket, refusalFor(error), `${error.code ?? error.message}: ${masked(bytes)}`);
  }

  #unreadable(socket: Socket, refusal: Refusal, text: string): void {
    const visitor = this.#visitors.get(socket);
    if (visitor === undefined || !visitor.violation(text, refusal)) return;
    // Then it is the body of that request, which is answered instead.
    if (visitor.lastRequest?.complete === false) return;
    visitor.atLast(() => {
      if (socket.writable) socket.end(rawRefusal(refusal, this.#software));
      this.#linger(socket);
    });
  }

  /** Ends it soon: at once would take back what was sent, as the kernel answers bytes that nobody reads. */
  #linger(socket: Socket): void {
    const end = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(end));
  }
}

/** nginx reads on for up to 5 s (`lingering_timeout`). */
const lingerMs = 2000;

interface ParserError extends NodeJS.ErrnoException {
  readonly reason?: string;
  readonly rawPacket?: Buffer;
}

function refusalFor({ code, reason = '', rawPacket }: ParserError): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      // Its first line has not ended.
      return /^[A-Z]+ [^\n]*$/.test(rawPacket?.toString('latin1') ?? '') ? addressTooLong : headersTooLarge;
    case 'HPE_INVALID_VERSION':
      // Lines that end in a line feed alone.
      return rawPacket !== undefined && /HTTP\/1\.[01]\n/.test(rawPacket.toString('latin1'))
        ? badRequest
        : badVersion;
    case 'HPE_INVALID_TRANSFER_ENCODING':
      return reason.includes('Content-Length') ? badRequest : notImplemented;
    default:
      return badRequest;
  }
}

/** Passwords may stand in the beginning of a request that is none. */
function masked(text: string): string {
  return text.replaceAll(/((?:authorization|cookie)\s*:|pass\w*=)[^\r\n&]*/gi, '$1***');
}

function isKept({ httpVersion, headers }: IncomingMessage): boolean {
  const wish = headers.connection?.toLowerCase() ?? '';
  return httpVersion === '1.1' ? !wish.includes('close') : wish.includes('keep-alive');
}
