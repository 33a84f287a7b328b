import { parseAddress } from './ip-address.js';
import type { DecoyPort } from './ruleset.js';

/** Where the services are that decoys imitate. */
const wellKnown = { ssh: 22, http: 80, postgres: 5432, redis: 6379 } as const;

/** The ports of a host whose decoys listen at `host`, an address; at `0.0.0.0` on all of them. */
export function decoyPorts(decoys: {
  readonly host: string;
  readonly ports: Readonly<Record<keyof typeof wellKnown, number>>;
}): readonly DecoyPort[] {
  const address = parseAddress(decoys.host);
  const isAny = address?.text === '0.0.0.0' || address?.text === '::';
  return (Object.keys(wellKnown) as (keyof typeof wellKnown)[]).map((service) => ({
    port: wellKnown[service],
    decoyPort: decoys.ports[service],
    ...(address && !isAny && { decoyAddress: address }),
  }));
}
