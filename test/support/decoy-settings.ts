import type { ServiceSettings } from '../../src/decoy/services/service.js';

/** A small company, and the software of Debian 12. */
export const decoySettings: ServiceSettings = {
  story: {
    seed: 4711,
    locale: 'en',
    hostname: 'app01',
    company: 'Miller Freight Inc.',
    domain: 'millerfreight.com',
    internalDomain: 'corp.millerfreight.com',
    project: 'dispatch',
    people: [
      { name: 'Jane Miller', login: 'jmiller', email: 'jane.miller@millerfreight.com', title: 'Head of IT' },
      {
        name: 'Omar Diaz',
        login: 'odiaz',
        email: 'omar.diaz@millerfreight.com',
        title: 'System Administrator',
      },
      { name: 'Ana Petrov', login: 'apetrov', email: 'ana.petrov@millerfreight.com', title: 'Developer' },
      { name: 'Tom "T" O\'Neil, Jr.', login: 'toneil', email: 'tom.oneil@millerfreight.com', title: 'Sales' },
    ],
    hosts: [
      { role: 'database', name: 'db01', address: '10.20.4.11' },
      { role: 'replica', name: 'db02', address: '10.20.4.12' },
      { role: 'cache', name: 'cache01', address: '10.20.4.15' },
      { role: 'application', name: 'app01', address: '10.20.4.21' },
      { role: 'mail', name: 'mail01', address: '10.20.4.30' },
      { role: 'backup', name: 'bkp01', address: '10.20.4.41' },
      { role: 'gateway', name: 'gw01', address: '10.20.4.1' },
    ],
    accounts: [
      { login: 'root', fullName: 'root' },
      { login: 'odiaz', fullName: 'Omar Diaz' },
    ],
  },
  software: {
    ssh: 'OpenSSH_9.2p1 Debian-2+deb12u3',
    postgres: '15.8 (Debian 15.8-0+deb12u1)',
    redis: '7.0.15',
    http: 'nginx/1.22.1',
  },
  hostKeys: [],
};
