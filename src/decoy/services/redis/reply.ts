/** Something that Redis answers. Strings hold one byte a character (latin1): keys and values are any bytes. */
export type Reply =
  | { readonly status: string }
  | { readonly error: string }
  | { readonly map: readonly (readonly [Reply, Reply])[] }
  | { readonly set: readonly Reply[] }
  | { readonly push: readonly Reply[] }
  | { readonly several: readonly Reply[] }
  | { readonly none: 'array' }
  | number
  | string
  | null
  | readonly Reply[];

export const ok: Reply = { status: 'OK' };

export function failure(error: string): Reply {
  return { error };
}

/** As RESP2 or RESP3 has it. */
export function written(reply: Reply, protocol: 2 | 3): string {
  if (reply === null) return protocol === 3 ? '_\r\n' : '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  return isList(reply) ? list('*', reply, protocol) : marked(reply, protocol);
}

function marked(reply: Marked, protocol: 2 | 3): string {
  if ('status' in reply) return `+${reply.status}\r\n`;
  if ('error' in reply) return `-${reply.error}\r\n`;
  if ('several' in reply) return reply.several.map((one) => written(one, protocol)).join('');
  if ('map' in reply) return map(reply.map, protocol);
  if (protocol === 3) return inThird(reply);
  if ('none' in reply) return '*-1\r\n';
  return list('*', 'set' in reply ? reply.set : reply.push, 2);
}

function inThird(reply: Extract<Marked, { set: unknown } | { push: unknown } | { none: unknown }>): string {
  if ('none' in reply) return '_\r\n';
  return 'set' in reply ? list('~', reply.set, 3) : list('>', reply.push, 3);
}

function map(pairs: readonly (readonly [Reply, Reply])[], protocol: 2 | 3): string {
  if (protocol === 2) return list('*', pairs.flat(), 2);
  return `%${pairs.length}\r\n${pairs.flatMap((pair) => pair.map((one) => written(one, 3))).join('')}`;
}

type Marked = Exclude<Extract<Reply, object>, readonly Reply[]>;

function isList(reply: object): reply is readonly Reply[] {
  return Array.isArray(reply);
}

function list(mark: string, items: readonly Reply[], protocol: 2 | 3): string {
  return `${mark}${items.length}\r\n${items.map((item) => written(item, protocol)).join('')}`;
}
