import { describe, expect, it } from 'vitest';
import { RedirectUnavailable } from '../../../../src/core/ports/redirect.js';
import { decoyPorts } from '../../../../src/response/redirect/decoy-ports.js';
import { Nft } from '../../../../src/response/redirect/nft.js';
import { NftRedirect } from '../../../../src/response/redirect/nft-redirect.js';
import {
  type DecoyPort,
  type NftCommand,
  removal,
  ruleset,
  tableOf,
} from '../../../../src/response/redirect/ruleset.js';
import { FakeClock } from '../../../support/fake-clock.js';

const table = tableOf('one');

class FakeDiagnostics {
  readonly errors: string[] = [];
  error = (message: string) => void this.errors.push(message);
  warn = () => {};
  info = () => {};
  debug = () => {};
}

const ports: readonly DecoyPort[] = [{ port: 22, decoyPort: 2222 }];

function house(allowed: readonly string[] = [], decoys = ports) {
  const clock = new FakeClock();
  const runs: (readonly NftCommand[])[] = [];
  const diagnostics = new FakeDiagnostics();
  const failures: string[] = [];
  const redirect = new NftRedirect({
    installation: 'one',
    clock,
    diagnostics,
    ports: decoys,
    allowed,
    host: () => ({ own: ['198.51.100.10'], gateways: [], nameServers: [] }),
    nft: {
      run: async (commands) => {
        const failure = failures.shift();
        if (failure) throw new Error(failure);
        runs.push(commands);
      },
    },
  });
  const inMs = (ms: number) => Number(clock.nowNs() / 1_000_000n) + ms;
  return { redirect, runs, clock, inMs, failures, diagnostics };
}

describe('the rules of a redirect', () => {
  it('name no table but their own', () => {
    const commands = [
      ...ruleset(table, [
        ...ports,
        { port: 80, decoyPort: 8080, decoyAddress: { family: 'ipv6', text: '2001:db8::9' } },
      ]),
    ];
    for (const command of commands) {
      const [thing] = Object.values(Object.values(command)[0] as object) as {
        family: string;
        table?: string;
        name?: string;
      }[];
      expect(thing?.family).toBe('inet');
      expect(thing?.table ?? thing?.name).toBe('phantom_files_one');
    }
    expect(JSON.stringify(commands)).not.toContain('flush');
  });

  it('are of each port and family, only for this host, from those in the set', () => {
    const rules = ruleset(table, ports).flatMap(
      (command) => JSON.stringify(command).match(/.*"rule".*/) ?? [],
    );
    expect(rules).toHaveLength(2);
    expect(rules[0]).toContain('"right":"@visitors4"');
    expect(rules[1]).toContain('"right":"@visitors6"');
    for (const rule of rules) {
      expect(rule).toContain('"fib":{"result":"type","flags":"daddr"}},"right":"local"');
      expect(rule).toContain('{"redirect":{"port":2222}}');
    }
  });

  it('lead to the address of the decoy where it has one, for its family alone', () => {
    const decoyAddress = { family: 'ipv4', text: '198.51.100.11' } as const;
    const text = JSON.stringify(ruleset(table, [{ port: 22, decoyPort: 2222, decoyAddress }]));
    expect(text).toContain('{"dnat":{"family":"ip","addr":"198.51.100.11","port":2222}}');
    expect(text).not.toContain('visitors6');
  });
});

describe('a redirect', () => {
  it('begins by removing what is left, and ends so, also when it never began', async () => {
    const { redirect, runs } = house();
    await redirect.stop();
    await redirect.start();
    await redirect.stop();
    expect(runs[0]).toEqual(removal(table));
    expect(runs[1]?.slice(0, 2)).toEqual(removal(table));
    expect(runs[2]).toEqual(removal(table));
  });

  it('takes an address for so long, and anew', async () => {
    const { redirect, runs, inMs, clock } = house();
    await redirect.start();
    expect(await redirect.add('::ffff:192.0.2.7', inMs(60_000))).toBe('added');
    const set = { family: 'inet', table: 'phantom_files_one', name: 'visitors4' };
    const add = (timeout: number) => ({
      add: { element: { ...set, elem: [{ elem: { val: '192.0.2.7', timeout } }] } },
    });
    expect(runs.at(-1)).toEqual([add(60)]);
    await clock.advance(1000);
    expect(await redirect.add('192.0.2.7', inMs(1_500))).toBe('added');
    expect(runs.at(-1)).toEqual([{ delete: { element: { ...set, elem: ['192.0.2.7'] } } }, add(2)]);
    await clock.advance(10_000);
    await redirect.add('192.0.2.7', inMs(Number.MAX_SAFE_INTEGER / 4));
    expect(runs.at(-1)).toEqual([add(7 * 86_400)]);
  });

  it('refuses what is no address, who is never redirected, and a time that is over', async () => {
    const { redirect, runs, inMs } = house(['192.0.2.0/28']);
    expect(await redirect.add('192.0.2.77', inMs(1000))).toEqual({ refused: 'the redirect is not started' });
    await redirect.start();
    const refused = async (source: string, ms = 1000) => redirect.add(source, inMs(ms));
    expect(await refused('1.2.3.4; flush ruleset')).toEqual({ refused: 'it is not an IP address' });
    expect(await refused('192.0.2.1')).toEqual({ refused: 'it is on the allow list' });
    expect(await refused('198.51.100.10')).toEqual({ refused: 'it is an address of this host' });
    expect(await refused('192.0.2.77', 0)).toEqual({ refused: 'its time is over' });
    expect(await refused('192.0.2.77', Number.NaN)).toEqual({ refused: 'its time is over' });
    expect(runs).toHaveLength(1);
  });

  it('refuses a family in which the decoy has no address', async () => {
    const decoyAddress = { family: 'ipv4', text: '198.51.100.11' } as const;
    const { redirect, inMs } = house([], [{ port: 22, decoyPort: 2222, decoyAddress }]);
    await redirect.start();
    expect(await redirect.add('2001:db8::7', inMs(1000))).toEqual({
      refused: 'the decoy has no ipv6 address',
    });
  });

  it('takes no more than so many at a time', async () => {
    const { redirect, inMs, clock } = house();
    await redirect.start();
    for (let host = 0; host < 256; host += 1)
      expect(await redirect.add(`192.0.2.${host}`, inMs(5000))).toBe('added');
    expect(await redirect.add('203.0.113.1', inMs(5000))).toEqual({
      refused: '256 addresses are redirected already',
    });
    expect(await redirect.add('192.0.2.9', inMs(5000))).toBe('added');
    await clock.advance(8000);
    expect(await redirect.add('203.0.113.1', inMs(5000))).toBe('added');
  });

  it('says in a line why it cannot be, and never rejects after that', async () => {
    const { redirect, failures, inMs, diagnostics } = house();
    failures.push('the kernel has no NAT');
    await expect(redirect.start()).rejects.toThrow(
      new RedirectUnavailable('connections cannot be redirected: the kernel has no NAT'),
    );
    await redirect.start();
    failures.push('gone');
    expect(await redirect.add('192.0.2.7', inMs(1000))).toEqual({ refused: 'gone' });
    failures.push('gone');
    await redirect.stop();
    expect(diagnostics.errors).toEqual(['the redirect is not removed: gone']);
  });

  it('does not begin when it cannot tell who is allowed', async () => {
    const { redirect, runs } = house(['::ffff:10.0.0.0/8']);
    await expect(redirect.start()).rejects.toThrow(
      'response.redirect_allow: ::ffff:10.0.0.0/8 is no network',
    );
    expect(runs).toEqual([]);
  });

  it('is of the ports of the services that decoys imitate, to where those listen', () => {
    const ports = { ssh: 2222, http: 8080, postgres: 5433, redis: 6380 };
    expect(decoyPorts({ host: '0.0.0.0', ports })).toEqual([
      { port: 22, decoyPort: 2222 },
      { port: 80, decoyPort: 8080 },
      { port: 5432, decoyPort: 5433 },
      { port: 6379, decoyPort: 6380 },
    ]);
    expect(decoyPorts({ host: '198.51.100.11', ports })[0]).toMatchObject({
      decoyAddress: { family: 'ipv4', text: '198.51.100.11' },
    });
  });

  it('cannot lead to a decoy on loopback', async () => {
    const decoyAddress = { family: 'ipv4', text: '127.0.0.1' } as const;
    const { redirect, runs } = house([], [{ port: 22, decoyPort: 2222, decoyAddress }]);
    await expect(redirect.start()).rejects.toThrow(/decoy on loopback.*sandbox\.advertise\.host/);
    expect(runs).toEqual([]);
  });
});

describe('a program that is not nft', () => {
  it('is named in a line', async () => {
    await expect(new Nft(['phantom-no-such-program']).run(removal(table))).rejects.toThrow(
      /^nft is not installed/,
    );
    await expect(new Nft(['false']).run(removal(table))).rejects.toThrow(/^nft failed with 1$/);
  });
});
