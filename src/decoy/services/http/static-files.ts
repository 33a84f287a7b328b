import type { IncomingMessage } from 'node:http';
import { staticFiles } from './console-pages.js';
import { Drawing } from './drawing.js';
import { notAllowed } from './nginx-pages.js';
import { type Reply, refused } from './reply.js';

/** Files that nginx gives by itself, with the headers that it makes from their time and size. */
export class StaticFiles {
  readonly #modifiedMs: number;
  readonly #server: string;

  constructor(seed: number, server: string) {
    // When it was installed, as its files have it.
    this.#modifiedMs = new Drawing(seed, 'installed').number(1_735_700_000, 1_759_000_000) * 1000;
    this.#server = server;
  }

  /** Undefined when there is no such file. */
  answer(path: string, request: IncomingMessage): Reply | undefined {
    const file = staticFiles.get(path);
    if (file === undefined) return undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refused(notAllowed, this.#server, request);
    const modified = new Date(this.#modifiedMs).toUTCString();
    // As ngx_http_set_etag has it.
    const tag = `"${(this.#modifiedMs / 1000).toString(16)}-${file.body.length.toString(16)}"`;
    const headers = [
      ['Last-Modified', modified],
      ['ETag', tag],
    ] as const;
    const { 'if-none-match': known, 'if-modified-since': since } = request.headers;
    const isKnown = known === undefined ? since === modified : known.split(/, */).includes(tag);
    if (isKnown) return { status: 304, body: '', headers };
    return {
      status: 200,
      type: file.type,
      body: file.body,
      headers: [...headers, ['Accept-Ranges', 'bytes']],
    };
  }
}
