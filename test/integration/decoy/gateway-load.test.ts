import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { systemCallFilter } from '../../../src/decoy/host/system-call-filter.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { type BuiltDecoy, buildDecoy } from './built-decoy.js';
import { type House, openHouse, Visitor } from './gateway-house.js';

describeWith(['root', 'perl'], 'the gateway of the decoy under load and attack', () => {
  let decoy: BuiltDecoy;
  let house: House | undefined;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    decoy = await buildDecoy('gateway-services.ts');
  });
  afterAll(() => decoy.remove());
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) visitor.leave();
    await house?.gateway.close();
    house = undefined;
  });

  async function open(options = {}): Promise<House> {
    house = await openHouse(decoy, options);
    return house;
  }
  function visit(port: number, from?: string): Visitor {
    const visitor = new Visitor(port, '127.0.0.1', from);
    visitors.push(visitor);
    return visitor;
  }

  it('holds 50 silent visitors of one address, 200 in all, and turns 1,800 others away in one sum', async () => {
    const { port, witness, gateway } = await open();
    const pid = gateway.pid;
    const sources = Array.from({ length: 8 }, (_, index) => `127.0.0.${index + 1}`);
    // Where a burst overflows the queue, the kernel answers with SYN cookies, and of a connection whose last word
    // it had no room for it knows nothing until a byte comes.
    for (const source of sources)
      for (let n = 0; n < 250; n += 1) visit(port('http'), source).socket.write('x');
    await until('the sum', () => witness.turned === 1800, 60_000);
    expect(witness.visits).toHaveLength(200);
    for (const source of sources) {
      const own = witness.visits.filter(({ remote }) => remote.ip === source);
      expect(own.length).toBeLessThanOrEqual(50);
    }
    await until('who was turned away is gone', () => visitors.filter(({ over }) => over).length === 1800);
    expect(gateway.pid).toBe(pid);
    for (const visitor of visitors) visitor.leave();
    await until('room again', async () => (await visit(port('ssh')).ask('hello')) === 'hello from web-01');
  });

  it('holds out against 10,000 connections at once at its ports, and accounts for every one', async () => {
    const { port, witness, gateway } = await open();
    const pid = gateway.pid;
    // Each process of the crowd has its own limit of open files; each waits until it has all of its connections.
    const program = `
      use Socket; $SIG{PIPE} = 'IGNORE'; my ($from, @ports) = @ARGV; my @all; my $lost = 0;
      for my $n (1 .. 1250) {
        socket(my $s, AF_INET, SOCK_STREAM, 0) or die "socket $!";
        bind($s, sockaddr_in(0, inet_aton($from))) or die "bind $!";
        if (connect($s, sockaddr_in($ports[$n % @ports], inet_aton('127.0.0.1')))) { push @all, $s; syswrite($s, 'x') } else { $lost++ }
      }
      $| = 1; print scalar(@all), " $lost\\n"; <STDIN>;`;
    const ports = (['ssh', 'http', 'redis'] as const).map((service) => String(port(service)));
    const crowd = Array.from({ length: 8 }, (_, index) => {
      const words = ['--nofile=4096', 'perl', '-e', program, `127.0.1.${index + 1}`, ...ports];
      return execa('prlimit', words, { stdin: 'pipe' });
    });
    const asked = performance.now();
    await until(
      'every one is let in or turned away',
      () => witness.visits.length + witness.turned >= 10_000,
      60_000,
    );
    expect(performance.now() - asked).toBeLessThan(30_000);
    expect(witness.visits.length + witness.turned).toBe(10_000);
    // 200 at once, and nobody left before the end.
    expect(witness.visits).toHaveLength(200);
    expect(gateway.pid).toBe(pid);
    for (const { stdin } of crowd) stdin.end('\n');
    const said = await Promise.all(crowd);
    expect(said.map(({ stdout }) => stdout)).toEqual(Array(8).fill('1250 0'));
    await until('room again', async () => (await visit(port('ssh')).ask('hello')) === 'hello from web-01');
  });

  it('answers others while visitors say a byte at a time, and ends those in time', async () => {
    const { port } = await open({ loginGraceMs: 3000 });
    const slow = Array.from({ length: 40 }, () => visit(port('ssh')));
    const dripping = setInterval(() => {
      for (const { socket } of slow) socket.write('x');
    }, 100);
    const asked = performance.now();
    expect(await visit(port('ssh')).ask('hello')).toBe('hello from web-01');
    expect(performance.now() - asked).toBeLessThan(2500);
    await until('their end', () => slow.every(({ over }) => over));
    clearInterval(dripping);
  });

  it('sums what one visitor does too often, and goes on to tell of others', async () => {
    const { port, witness } = await open();
    const [loud, other] = [visit(port('ssh')), visit(port('ssh'))];
    await loud.ask('acts 20000');
    await other.ask('act quiet');
    loud.leave();
    await until('its end', () => witness.told.some((line) => line.startsWith('1 left')));
    const ofLoud = witness.told.filter((line) => line.startsWith('1 acted'));
    expect(ofLoud.length).toBeLessThan(500);
    expect(ofLoud.at(-1)).toMatch(/^1 acted violation \d{5} more things that it did are left out$/);
    expect(witness.told).toContain('2 acted command quiet');
  });

  it('carries a guest both ways; one whose visitor does not read waits, and holds up no other', async () => {
    const { port, witness } = await open();
    witness.guestChannel = (listener, calls) => ({
      input: (bytes) => listener.output('stdout', Buffer.from(`<${Buffer.from(bytes)}>`)),
      endInput: () => calls.push('end'),
      resize: () => undefined,
      pause: (paused) => calls.push(`pause ${paused}`),
      hangUp: () => calls.push('hung up'),
    });
    const [deaf, other] = [visit(port('ssh')), visit(port('ssh'))];
    for (const visitor of [deaf, other]) {
      await visitor.ask('admit deploy');
      expect(await visitor.ask('guest deploy')).toBe('started');
    }
    const [ofDeaf, ofOther] = witness.guests;
    deaf.socket.pause();
    const piece = Buffer.alloc(65_536, 0x61);
    await until('it is told to wait', () => {
      if (!ofDeaf?.calls.includes('pause true')) ofDeaf?.listener.output('stdout', piece);
      return ofDeaf?.calls.includes('pause true');
    });
    other.heard = '';
    other.socket.write('echo');
    await until('the answer', () => other.heard === '<echo>');
    ofOther?.listener.exited({ code: 3 });
    await other.end();
    expect(other.heard).toBe('<echo>exited {"code":3}\n');
    deaf.socket.resume();
    await until('it goes on', () => ofDeaf?.calls.at(-1) === 'pause false');
    deaf.leave();
    await until('the guest ends', () => ofDeaf?.calls.at(-1) === 'hung up');
    expect(ofOther?.calls).toEqual([]);
  });

  it('bars a listening socket of the host from being turned into one that connects', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await until('the other server', () => other.listening);
    const { port } = other.address() as { port: number };
    // Without the filter this very program connects: see the second half.
    const program = `
      use Socket; my $how = shift; my $port = shift;
      socket(my $s, AF_INET, SOCK_STREAM, 0) or die; listen($s, 5) or die; shutdown($s, 2);
      if ($how eq 'filtered') {
        my $filter = pack('H*', shift); my $program = pack('S x6 P', length($filter) / 8, $filter);
        syscall(157, 38, 1, 0, 0, 0) == 0 or die; syscall(157, 22, 2, $program, 0, 0) == 0 or die "filter $!";
      }
      my $to = sockaddr_in($port, inet_aton('127.0.0.1'));
      print connect($s, $to) ? 'connected' : "refused $!", ', ';
      print defined(send($s, 'x', 0x20000000, $to)) ? 'sent' : "refused $!", ', ';
      print socket(my $t, AF_INET, SOCK_STREAM, 0) ? 'socket' : "refused $!";`;
    const run = async (...args: string[]) =>
      (await promisify(execFile)('perl', ['-e', program, ...args], { encoding: 'utf8' })).stdout;
    const filter = systemCallFilter('x64', 1).toString('hex');
    const refused = 'refused Operation not permitted';
    expect(await run('filtered', String(port), filter)).toBe(`${refused}, ${refused}, ${refused}`);
    expect(await run('open', String(port))).toMatch(/^connected/);
    other.close();
  });
});
