import type { DecoyAddresses } from '../../src/factory/decoy-addresses.js';

/** Where the credentials of a test's traps lead. */
export const decoy: DecoyAddresses = {
  host: '127.0.0.1',
  ports: { ssh: 2222, http: 8080, postgres: 5433, redis: 6380 },
};
