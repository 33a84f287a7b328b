import { BlockList, isIP } from 'node:net';

export interface IpAddress {
  readonly family: 'ipv4' | 'ipv6';
  /** As the kernel would write it: no address has two texts. */
  readonly text: string;
}

/**
 * An IPv4 or IPv6 address, and nothing else: no name, no zone, no port. An IPv4 address within an IPv6 one
 * (`::ffff:192.0.2.1`) is the IPv4 address. Undefined for any other string.
 */
export function parseAddress(text: string): IpAddress | undefined {
  const version = text.includes('%') ? 0 : isIP(text);
  if (version === 4) return { family: 'ipv4', text };
  if (version === 0) return undefined;
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (mapped === null) return { family: 'ipv6', text: canonical };
  const bits = Number.parseInt(mapped[1] as string, 16) * 65_536 + Number.parseInt(mapped[2] as string, 16);
  return { family: 'ipv4', text: [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.') };
}

/** Whether `text` is an address, or a network such as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== undefined;
}

/** Addresses and networks that are asked about by address. */
export class Networks {
  readonly #list = new BlockList();

  /** Each an address or `address/bits`; those that are neither are left out. */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const network = parseNetwork(text);
      if (network !== undefined) this.#list.addSubnet(network.text, network.bits, network.family);
    }
  }

  has({ text, family }: IpAddress): boolean {
    return this.#list.check(text, family);
  }
}

function parseNetwork(text: string): (IpAddress & { readonly bits: number }) | undefined {
  const [, base = '', digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(base);
  if (address === undefined) return undefined;
  const most = address.family === 'ipv4' ? 32 : 128;
  // `::ffff:10.0.0.0/104` counts the bits of the IPv6 address.
  const within = address.family === 'ipv4' && base.includes(':') ? 96 : 0;
  const bits = digits === undefined ? most : Number(digits) - within;
  return bits < 0 || bits > most ? undefined : { ...address, bits };
}
