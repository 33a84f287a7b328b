import type { IncomingMessage } from 'node:http';
import {
  addressTooLong,
  badRequest,
  badVersion,
  headersTooLarge,
  notAllowed,
  type Refusal,
} from './nginx-pages.js';

/** `large_client_header_buffers 4 8k`, as nginx has it when it is not told otherwise. */
const longestLine = 8192;
export const mostHeaderBytes = 4 * longestLine;

/** What a request is for. */
export interface Target {
  /** Decoded, begins with a slash, without `..`. */
  readonly path: string;
  /** After the question mark; empty without one. */
  readonly query: string;
}

/** What nginx refuses before anybody looks for a page; undefined when it does not. */
export function refusalOf(request: IncomingMessage): Refusal | undefined {
  const { url = '', rawHeaders, method = '', httpVersion } = request;
  if (`${method} ${url} HTTP/1.1`.length > longestLine) return addressTooLong;
  const hosts: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (name.length + value.length + 2 > longestLine) return headersTooLarge;
    if (name.toLowerCase() === 'host') hosts.push(value);
  }
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return badVersion;
  if (hosts.length > 1 || (hosts.length === 0 && httpVersion === '1.1')) return badRequest;
  if (hosts[0] !== undefined && !/^[\w.:[\]-]+$/.test(hosts[0])) return badRequest;
  if (method === 'TRACE') return { ...notAllowed, closes: true };
  return targetOf(url) === undefined ? badRequest : undefined;
}

/** Undefined for what is no address of a page. */
export function targetOf(url: string): Target | undefined {
  const local = url.replace(/^https?:\/\/[^/?#]*/i, '');
  const [whole = ''] = local.split('#', 1);
  const mark = whole.indexOf('?');
  const path = decoded(mark < 0 ? whole : whole.slice(0, mark));
  if (path === undefined || !path.startsWith('/') || path.includes('\0')) return undefined;
  const parts: string[] = [];
  for (const part of path.split('/').slice(1)) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return { path: `/${parts.join('/')}`, query: mark < 0 ? '' : whole.slice(mark + 1) };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    // Bytes that are no UTF-8 are a name as well for nginx, one that nothing has; a bad escape is none.
    return /%(?![\da-f]{2})/i.test(path) ? undefined : path.replaceAll('..', '').replaceAll('%00', '\0');
  }
}

const secretName = /pass|pwd|token|secret|key|auth|session|sig/i;

/** What is told of a request: method, address, status, program; passwords in the query masked. */
export function requestText(request: IncomingMessage, status: number | string): string {
  const { method, url = '', headers } = request;
  const [path = '', query] = url.split(/\?(.*)/s, 2);
  const shown = query === undefined ? path : `${path}?${masked(path, query)}`;
  return `${method} ${shown} ${status} ${headers['user-agent'] ?? '-'}`;
}

function masked(path: string, query: string): string {
  if (/login/i.test(path)) return '***';
  return query
    .split('&')
    .map((pair) => {
      const [name = '', value] = pair.split(/=(.*)/s, 2);
      return value !== undefined && secretName.test(name) ? `${name}=***` : pair;
    })
    .join('&');
}
