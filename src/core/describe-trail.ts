import { describeProcess } from './describe-touch.js';
import type { TechniqueMatch } from './technique.js';
import type { SocketAddress, TrailEvent } from './trail.js';

/** One sentence for a person: what a followed process did, and what that is called. */
export function describeTrail(event: TrailEvent, techniques: readonly TechniqueMatch[]): string {
  const shown = techniques.map(({ technique }) => `${technique.id} ${technique.name}`);
  const text = `${describeProcess(event.process)}: ${deed(event)}`;
  return shown.length === 0 ? text : `${text} (${shown.join(', ')})`;
}

function deed(event: TrailEvent): string {
  const { kind, process, path = '?', address, destination, mode, before, exit, packets = 1 } = event;
  switch (kind) {
    case 'exec':
      return `exec ${process.args?.join(' ') ?? path}`;
    case 'connect':
      return `connect to ${describeAddress(address)}${packets > 1 ? ` (${packets} packets)` : ''}`;
    case 'bind':
      return `bind to ${describeAddress(address)}`;
    case 'open-write':
      return `open for writing ${path}`;
    case 'unlink':
      return `unlink ${path}`;
    case 'rename':
      return `rename ${path} to ${destination ?? '?'}`;
    case 'chmod':
      return `chmod ${mode === undefined ? '' : `${mode.toString(8).padStart(4, '0')} `}${path}`;
    case 'privilege':
      return `uid ${before?.uid ?? '?'} to ${process.uid ?? '?'}, effective ${before?.effectiveUid ?? '?'} to ${process.effectiveUid ?? process.uid ?? '?'}`;
    case 'exit':
      return exit?.signal === undefined ? `exit with ${exit?.code ?? '?'}` : `ended by signal ${exit.signal}`;
  }
}

function describeAddress(address: SocketAddress | undefined): string {
  if (address === undefined) return '?';
  const { family, ip, port, path } = address;
  if (ip === undefined) return path ?? `an address of ${family}`;
  const host = family === 'inet6' ? `[${ip}]` : ip;
  return port === undefined ? host : `${host}:${port}`;
}
