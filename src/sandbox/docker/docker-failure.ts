import { SandboxUnavailable } from '../../core/ports/sandbox.js';
import { printableText } from '../../core/printable.js';

const longestMessage = 400;

/** What was being done when a call failed. */
export interface CallFacts {
  /** A phrase such as `creating the container`. */
  readonly doing: string;
  readonly socketPath: string;
  readonly timeoutMs: number;
}

/** A failed call to Docker. `statusCode` is the engine's HTTP status where it answered. */
export class DockerFailure extends SandboxUnavailable {
  readonly statusCode: number | undefined;

  constructor(message: string, options: { cause?: unknown; statusCode?: number | undefined } = {}) {
    super(message, { cause: options.cause });
    this.statusCode = options.statusCode;
  }
}

/** The call got no answer in time. */
export class DockerTimeout extends Error {
  override readonly name = 'DockerTimeout';
}

/** Foreign text as one bounded printable line. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const short = line.length > longestMessage ? `${line.slice(0, longestMessage)}...` : line;
  return printableText(short);
}

/** Turns whatever a call threw into one line that tells an operator what to do. */
export function dockerFailure(error: unknown, facts: CallFacts): DockerFailure {
  if (error instanceof DockerFailure) return error;
  const statusCode = numberField(error, 'statusCode');
  return new DockerFailure(explain(error, statusCode, facts), { cause: error, statusCode });
}

function explain(error: unknown, statusCode: number | undefined, facts: CallFacts): string {
  const { doing, timeoutMs } = facts;
  const socket = printableText(facts.socketPath);
  if (error instanceof DockerTimeout)
    return `Docker did not answer within ${timeoutMs} ms while ${doing}; is the host overloaded?`;
  if (statusCode !== undefined)
    return `Docker refused while ${doing} (status ${statusCode}): ${oneLine(messageOf(error))}`;
  switch (textField(error, 'code')) {
    case 'ENOENT':
      return `no Docker socket at ${socket}; is Docker installed and running?`;
    case 'EACCES':
    case 'EPERM':
      return `permission denied on the Docker socket ${socket}; run as root or as a member of its group`;
    case 'ECONNREFUSED':
    case 'ENOTSOCK':
      return `nothing listens on the Docker socket ${socket}; start Docker`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `Docker closed the connection while ${doing}; is it restarting?`;
    default:
      return `Docker failed while ${doing}: ${oneLine(messageOf(error))}`;
  }
}

function messageOf(error: unknown): string {
  // docker-modem wraps the engine's own sentence in its own words; the body has it bare.
  const body = field(error, 'json');
  return textField(body, 'message') ?? textField(error, 'message') ?? 'no reason given';
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function textField(value: unknown, key: string): string | undefined {
  const found = field(value, key);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function numberField(value: unknown, key: string): number | undefined {
  const found = field(value, key);
  return typeof found === 'number' ? found : undefined;
}
