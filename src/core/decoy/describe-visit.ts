import type { DecoyFacts } from '../audit-event.js';
import type { Visit } from './visit.js';

/** Who visits what, for a person. */
export function describeVisitor({ service, remote: { ip, port } }: Visit): string {
  return `${service} visitor ${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}

/** Who visits what, for the record. */
export function visitFacts({ id, service, remote, local }: Visit): DecoyFacts {
  return { service, visitId: id, remote, local };
}
