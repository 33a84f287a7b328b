import type { DecoyAddresses } from './decoy-addresses.js';

/** Where the decoy's web pages are, without a last slash: `http://10.0.0.7:8080`. */
export function decoyUrl({ host, ports }: DecoyAddresses): string {
  return `http://${urlHost(host)}${ports.http === 80 ? '' : `:${ports.http}`}`;
}

/** A name or address as it stands in a URL: an IPv6 address in brackets (RFC 3986, 3.2.2). */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
