import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { SystemClock } from '../../../src/daemon/system-clock.js';
import { type IpAddress, parseAddress } from '../../../src/response/redirect/ip-address.js';
import { Nft } from '../../../src/response/redirect/nft.js';
import { NftRedirect } from '../../../src/response/redirect/nft-redirect.js';
import type { DecoyPort } from '../../../src/response/redirect/ruleset.js';
import { FakeDiagnostics } from '../../support/core-fakes.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { addresses, NameSpaces } from './name-spaces.js';

const run = promisify(execFile);
const [intruder, intruder6] = addresses.intruder;
const inMs = (ms: number) => Date.now() + ms;

/** The rules of somebody else, who knows nothing of ours. */
const foreign = `table inet firewall {
  set banned { type ipv4_addr; flags timeout; elements = { 192.0.2.66 }; }
  chain input { type filter hook input priority 0; policy accept; ip saddr @banned drop; }
}
table ip nat {
  chain prerouting { type nat hook prerouting priority dstnat; policy accept; tcp dport 9999 redirect to :22; }
}`;

describeWith(['root', 'ip', 'nft'], 'a redirect by nftables', () => {
  let spaces: NameSpaces;
  let redirect: NftRedirect;
  const make = (
    ports: readonly DecoyPort[] = [
      { port: 22, decoyPort: 2222 },
      { port: 5432, decoyPort: 5433 },
    ],
    installation = 'one',
  ) =>
    new NftRedirect({
      installation,
      clock: new SystemClock(),
      diagnostics: new FakeDiagnostics(),
      ports,
      allowed: ['192.0.2.0/24'],
      nft: new Nft([...spaces.onServer, 'nft']),
      host: () => ({ own: addresses.server, gateways: [], nameServers: [] }),
    });
  const ruleset = () => spaces.nft('-j', 'list', 'ruleset');
  /** All that is not ours, with its handles. */
  const others = async () =>
    JSON.stringify(
      JSON.parse(await ruleset()).nftables.filter(
        (one: object) => !JSON.stringify(one).includes('phantom_files'),
      ),
    );
  let hostBefore: string;
  let before: string;

  beforeAll(async () => {
    hostBefore = (await run('nft', ['list', 'tables'])).stdout;
    spaces = await NameSpaces.make();
    await spaces.nft(foreign);
    before = await ruleset();
    await spaces.listen(
      ['real', 22, '::'],
      ['decoy', 2222, '::'],
      ['database', 5432, '::'],
      ['trap', 5433, '::'],
    );
  });
  afterEach(() => redirect?.stop());
  afterAll(() => spaces?.remove());

  it('leads who is named to the decoy, by both families, and nobody else', async () => {
    redirect = make();
    await redirect.start();
    expect(await spaces.ask('intruder', 22)).toBe('real');
    expect(await redirect.add(intruder, inMs(60_000))).toBe('added');
    expect(await redirect.add(intruder6, inMs(60_000))).toBe('added');
    expect(await spaces.ask('intruder', 22)).toBe('decoy');
    expect(await spaces.ask('intruder', 5432)).toBe('trap');
    expect(await spaces.ask('intruder', 22, addresses.server[1])).toBe('decoy');
    expect(await spaces.ask('other', 22)).toBe('real');
    expect(await spaces.ask('other', 22, addresses.server[1])).toBe('real');
    // Of the other ports nothing is taken.
    expect(await spaces.ask('intruder', 9999)).toBe('real');
    expect(await spaces.ask('intruder', 1)).toBe('ECONNREFUSED');
  });

  it('lets a connection that stands go on where it was', async () => {
    redirect = make();
    await redirect.start();
    const say = spaces.connect('intruder', 22);
    expect(await say('one')).toMatch(/^real/);
    await redirect.add(intruder, inMs(60_000));
    expect(await spaces.ask('intruder', 22)).toBe('decoy');
    expect(await say('two')).toBe('real onetwo');
  });

  it('ends by itself, and begins anew when it is told again', async () => {
    redirect = make();
    await redirect.start();
    await redirect.add(intruder, inMs(60_000));
    await redirect.add(intruder, inMs(1000));
    await until('the end of its time', async () => (await spaces.ask('intruder', 22)) === 'real');
    expect(await redirect.add(intruder, inMs(60_000))).toBe('added');
    expect(await spaces.ask('intruder', 22)).toBe('decoy');
  });

  it('leaves what others made as it was, at every step', async () => {
    const same = JSON.stringify(JSON.parse(before).nftables);
    redirect = make();
    await redirect.start();
    expect(await others()).toBe(same);
    await redirect.add(intruder, inMs(60_000));
    expect(await others()).toBe(same);
    await redirect.stop();
    expect(await ruleset()).toBe(before);
    expect((await run('nft', ['list', 'tables'])).stdout).toBe(hostBefore);
  });

  it('removes at its start what a run left that was killed, and at its stop too', async () => {
    const killed = make();
    await killed.start();
    await killed.add(intruder, inMs(60_000));
    redirect = make();
    await redirect.start();
    expect(await spaces.ask('intruder', 22)).toBe('real');
    expect((await ruleset()).match(/"table": \{"family": "inet", "name": "phantom_files_one"/g)).toHaveLength(
      1,
    );
    await killed.add(intruder, inMs(60_000));
    await make().stop();
    expect(await ruleset()).toBe(before);
  });

  it('is its own: another installation starts, stops and redirects beside it', async () => {
    redirect = make();
    await redirect.start();
    await redirect.add(intruder, inMs(60_000));
    const other = make([{ port: 22, decoyPort: 5433 }], 'two');
    await other.stop();
    expect(await spaces.ask('intruder', 22)).toBe('decoy');
    await other.start();
    await other.add(addresses.other[0], inMs(60_000));
    expect(await spaces.ask('intruder', 22)).toBe('decoy');
    expect(await spaces.ask('other', 22)).toBe('trap');
    await other.stop();
    expect(await spaces.ask('intruder', 22)).toBe('decoy');
    expect(await spaces.ask('other', 22)).toBe('real');
  });

  it('leads to the address where the decoy listens', async () => {
    await spaces.listen(['elsewhere', 2223, addresses.server[0]]);
    const decoyAddress = parseAddress(addresses.server[0]) as IpAddress;
    redirect = make([{ port: 22, decoyPort: 2223, decoyAddress }]);
    await redirect.start();
    await redirect.add(intruder, inMs(60_000));
    expect(await spaces.ask('intruder', 22)).toBe('elsewhere');
    expect(await redirect.add(intruder6, inMs(60_000))).toEqual({ refused: 'the decoy has no ipv6 address' });
  });

  it('holds as many as there may be', async () => {
    redirect = make();
    await redirect.start();
    const results: unknown[] = [];
    for (let host = 0; host < 257; host += 1)
      results.push(await redirect.add(`198.18.${host >> 8}.${host & 255}`, inMs(600_000)));
    expect(results.slice(0, 256).every((result) => result === 'added')).toBe(true);
    expect(results[256]).toMatchObject({ refused: expect.stringContaining('256') });
  });

  it('says in one line that it may not', async () => {
    const [program, ...rest] = spaces.onServer;
    const bound = [...rest, 'setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin', 'nft'];
    const nft = new Nft([program, ...bound]);
    await expect(nft.run([{ add: { table: { family: 'inet', name: 'phantom_files' } } }])).rejects.toThrow(
      'nft may not change rules: CAP_NET_ADMIN is missing',
    );
  });
});
