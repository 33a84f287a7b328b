/** Reasons and pages of errors as nginx 1.22 has them (ngx_http_special_response.c, ngx_http_header_filter_module.c). */
const reasons = {
  200: 'OK',
  302: 'Moved Temporarily',
  303: 'See Other',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  501: 'Not Implemented',
  505: 'HTTP Version Not Supported',
} as const;

export type Status = keyof typeof reasons;

/** What nginx makes of a request that it does not pass on. */
export interface Refusal {
  readonly status: Status;
  /** Told in the page where the status does not say it. */
  readonly detail?: string;
  readonly title?: string;
  readonly closes?: boolean;
}

export const badRequest: Refusal = { status: 400, closes: true };
export const headersTooLarge: Refusal = {
  status: 400,
  closes: true,
  title: '400 Request Header Or Cookie Too Large',
  detail: 'Request Header Or Cookie Too Large',
};
export const addressTooLong: Refusal = { status: 414, closes: true };
export const bodyTooLarge: Refusal = { status: 413, closes: true };
export const badVersion: Refusal = { status: 505, closes: true };
export const notImplemented: Refusal = { status: 501, closes: true };
export const notFound: Refusal = { status: 404 };
export const notAllowed: Refusal = { status: 405 };

/** What stands after the number in the first line; what an application answers has its own words. */
export function reasonOf(status: Status): string {
  // Of the application behind it.
  if (status === 302) return 'Found';
  return reasons[status];
}

const padding = `${'<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n'.repeat(6)}`;

/** The page of a refusal; browsers that would show their own one get a longer one. */
export function errorPage({ status, title, detail }: Refusal, server: string, agent: string): string {
  const name = `${status} ${status === 401 ? 'Authorization Required' : reasons[status]}`;
  const lines = [
    '<html>',
    `<head><title>${title ?? name}</title></head>`,
    '<body>',
    `<center><h1>${name}</h1></center>`,
    ...(detail === undefined ? [] : [`<center>${detail}</center>`]),
    `<hr><center>${server}</center>`,
    '</body>',
    '</html>',
  ];
  const isPadded = status >= 400 && /MSIE |Chrome\//.test(agent) && !/Opera/.test(agent);
  return `${lines.join('\r\n')}\r\n${isPadded ? padding : ''}`;
}

/** A whole response to bytes that were no request. */
export function rawRefusal(refusal: Refusal, server: string): string {
  const page = errorPage(refusal, server, '');
  return [
    `HTTP/1.1 ${refusal.status} ${reasons[refusal.status]}`,
    `Server: ${server}`,
    `Date: ${new Date().toUTCString()}`,
    'Content-Type: text/html',
    `Content-Length: ${Buffer.byteLength(page)}`,
    'Connection: close',
    '',
    page,
  ].join('\r\n');
}
