export const addressScopes = [
  'any',
  'loopback',
  'link-local',
  'private',
  'multicast',
  'public',
  'unknown',
] as const;

/** Where an address lies. `any` is the unspecified address of a bind; shared address space counts as private. */
export type AddressScope = (typeof addressScopes)[number];

/** Scope of an IPv4 or IPv6 address in text; `unknown` when it is neither. */
export function addressScope(ip: string): AddressScope {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(ip);
  const plain = mapped?.[1] ?? ip;
  if (plain.includes(':')) return scopeOf6(plain.toLowerCase());
  const parts = plain.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return 'unknown';
  return scopeOf4(parts as [number, number, number, number]);
}

/** RFC 1918 private, RFC 6598 shared, RFC 3927 link-local. */
function scopeOf4([first, second, third, fourth]: readonly [number, number, number, number]): AddressScope {
  if (first + second + third + fourth === 0) return 'any';
  if (first === 127) return 'loopback';
  if (first === 169 && second === 254) return 'link-local';
  if (first === 10) return 'private';
  if (first === 172 && second >= 16 && second < 32) return 'private';
  if (first === 192 && second === 168) return 'private';
  if (first === 100 && second >= 64 && second < 128) return 'private';
  return first >= 224 ? 'multicast' : 'public';
}

/** RFC 4291, and RFC 4193 for unique local addresses. */
function scopeOf6(ip: string): AddressScope {
  if (ip === '::') return 'any';
  if (ip === '::1') return 'loopback';
  if (/^fe[89ab]/.test(ip)) return 'link-local';
  if (/^f[cd]/.test(ip)) return 'private';
  if (ip.startsWith('ff')) return 'multicast';
  return /^[0-9a-f:.]+$/.test(ip) ? 'public' : 'unknown';
}
