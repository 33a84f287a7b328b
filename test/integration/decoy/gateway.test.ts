import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { type BuiltDecoy, buildDecoy } from './built-decoy.js';
import { type House, login, openHouse, Visitor } from './gateway-house.js';

describeWith(['root'], 'the gateway of the decoy', () => {
  let decoy: BuiltDecoy;
  let house: House | undefined;
  let runFolder: string;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    decoy = await buildDecoy('gateway-services.ts');
    runFolder = await mkdtemp('/run/phantom-test-');
    await chmod(runFolder, 0o755);
  });
  afterAll(async () => {
    await decoy.remove();
    await rm(runFolder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) visitor.leave();
    await house?.gateway.close();
    house = undefined;
  });

  async function open(options = {}): Promise<House> {
    house = await openHouse(decoy, options);
    return house;
  }
  function visit(port: number): Visitor {
    const visitor = new Visitor(port);
    visitors.push(visitor);
    return visitor;
  }

  it('answers at every place when it has opened, from a package that nobody can read', async () => {
    const { places, port } = await open();
    expect(places.map(({ service, ip, failure }) => [service, ip, failure])).toEqual([
      ['ssh', '127.0.0.1', undefined],
      ['http', '127.0.0.1', undefined],
      ['postgres', '127.0.0.1', undefined],
      ['redis', '127.0.0.1', undefined],
    ]);
    expect(await visit(port('ssh')).ask('hello')).toBe('hello from web-01');
    expect(await visit(port('redis')).ask('"echo"')).toBe('echo');
  });

  it('runs as nobody, without a capability, a new privilege or a supplementary group', async () => {
    const { gateway } = await open();
    const status = readFileSync(`/proc/${gateway.pid}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    // Of its own: nobody else who is nobody gets at its memory.
    expect(status).toMatch(/^Gid:\t(6\d{4})\t\1\t\1\t\1$/m);
    expect(status).not.toMatch(/^Gid:\t65534/m);
    expect(status).toMatch(/^Groups:\t *$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
      expect(status).toMatch(`Cap${set}:\t0000000000000000\n`);
    expect(readFileSync(`/proc/${gateway.pid}/oom_score_adj`, 'utf8').trim()).toBe('800');
    const limits = readFileSync(`/proc/${gateway.pid}/limits`, 'utf8');
    expect(limits).toMatch(/^Max data size +1610612736 /m);
    expect(limits).toMatch(/^Max file size +0 /m);
    expect(limits).toMatch(/^Max open files +1024 /m);
  });

  it('gives the process no environment, no folder and no descriptor but its pipe and sockets', async () => {
    const { port, gateway } = await open();
    expect(await visit(port('ssh')).ask('environment')).toEqual({ environment: {}, folder: '/', keys: [] });
    const list = execFileSync('ls', ['-l', `/proc/${gateway.pid}/fd`], { encoding: 'utf8' });
    const targets = [...list.matchAll(/-> (.*)$/gm)].map(([, target = '']) => target.replace(/\d+/g, ''));
    expect(new Set(targets)).toEqual(
      new Set(['/dev/null', 'socket:[]', 'pipe:[]', 'anon_inode:[eventpoll]', 'anon_inode:[eventfd]']),
    );
  });

  it('can connect nowhere: to no port of the host and to no socket in the file system', async () => {
    const { port } = await open();
    const other = createServer().listen(0, '127.0.0.1');
    await until('the other server', () => other.listening);
    const { port: otherPort } = other.address() as { port: number };
    const intruder = visit(port('ssh'));
    for (const place of [`127.0.0.1 ${otherPort}`, `127.0.0.1 ${port('ssh')}`, '10.0.0.1 80', '::1 80'])
      expect(await intruder.ask(`connect ${place}`), place).toMatch(/^E(PERM|ACCES|NETUNREACH)$/);
    for (const path of ['/var/run/docker.sock', '/run/systemd/notify', '/run/dbus/system_bus_socket'])
      expect(await intruder.ask(`connect ${path}`), path).toMatch(/^E(PERM|ACCES)$/);
    other.close();
  });

  it('reads nothing but its own files, writes nothing and starts nothing', async () => {
    const { port } = await open();
    const intruder = visit(port('ssh'));
    const state = join(decoy.folder, 'state/ssh_host_rsa_key');
    expect(statSync(state).size).toBeGreaterThan(1000);
    for (const path of [state, '/etc/passwd', '/etc/shadow', '/proc/self/environ'])
      expect(await intruder.ask(`read ${path}`), path).toBe('failed: ERR_ACCESS_DENIED');
    expect(await intruder.ask('list /')).toBe('failed: ERR_ACCESS_DENIED');
    expect(await intruder.ask('write /tmp/phantom-decoy-was-here')).toBe('failed: ERR_ACCESS_DENIED');
    expect(await intruder.ask('spawn')).toBe('failed: ERR_ACCESS_DENIED');
    expect(existsSync('/tmp/phantom-decoy-was-here')).toBe(false);
  });

  it('lets a service run PostgreSQL in a thread', async () => {
    const { port } = await open();
    expect(await visit(port('ssh')).ask('worker')).toBe(42);
  });

  it('tells what a visitor does, in order, printable and cut', async () => {
    const { port, witness } = await open();
    const visitor = visit(port('ssh'));
    expect(await visitor.ask('user deploy')).toEqual(['Tr4p!']);
    expect(await visitor.ask('user nobody')).toEqual([]);
    await visitor.ask('refuse ro\x1b[31mot');
    await visitor.ask('admit deploy');
    await visitor.ask('admit deploy');
    await visitor.ask(`act ${'a'.repeat(5000)}`);
    visitor.leave();
    await until('its end', () => witness.told.some((line) => line.includes('left')));
    expect(witness.told).toEqual([
      '1 connected ssh',
      '1 refused ro\\x1b[31mot password',
      '1 admitted l1',
      `1 acted command ${'a'.repeat(4096)} (cut)`,
      expect.stringMatching(/^1 left \d{4} \d+$/),
    ]);
    const [told] = witness.visits;
    expect(told?.remote).toEqual({ ip: '127.0.0.1', port: expect.any(Number) });
    expect(told?.local).toEqual({ ip: '127.0.0.1', port: port('ssh') });
  });

  it('knows the logins of now', async () => {
    const { port, gateway } = await open();
    const visitor = visit(port('ssh'));
    gateway.admit([
      { ...login, user: 'root' },
      { ...login, id: 'l2', service: 'redis', user: 'deploy' },
    ]);
    await until('the new ones', async () => ((await visitor.ask('user root')) as string[]).length === 1);
    expect(await visitor.ask('user deploy')).toEqual([]);
  });

  it('ends the connection whose service throws, and no other', async () => {
    const { port, gateway, warnings } = await open();
    const witness = visit(port('ssh'));
    await witness.ask('hello');
    const pid = gateway.pid;
    for (const fault of ['throw', 'later', 'reject']) {
      const visitor = visit(port('ssh'));
      void visitor.ask(fault);
      await visitor.end();
    }
    expect(await witness.ask('hello')).toBe('hello from web-01');
    expect(gateway.pid).toBe(pid);
    for (const what of ['thrown at once', 'thrown later', 'rejected'])
      expect(warnings.some((warning) => warning.includes(what))).toBe(true);
  });

  it('cuts off who shows no login in time, and nobody who did', async () => {
    const { port } = await open({ loginGraceMs: 700 });
    const [silent, guest] = [visit(port('ssh')), visit(port('ssh'))];
    await guest.ask('admit deploy');
    await silent.end();
    expect(await guest.ask('hello')).toBe('hello from web-01');
  });

  it('is restarted when it is killed: open visits are told as left, nobody who comes meanwhile is refused', async () => {
    const { port, gateway, witness } = await open({ restart: { minMs: 500, maxMs: 500 } });
    const before = visit(port('ssh'));
    await before.ask('hello');
    const pid = gateway.pid as number;
    process.kill(pid, 'SIGKILL');
    await before.end();
    await until('the visit is over', () => witness.told.includes('1 left 0 0'));
    expect(gateway.pid).toBeUndefined();
    const after = visit(port('ssh'));
    expect(await after.ask('hello')).toBe('hello from web-01');
    expect(after.reset).toBe(false);
    expect(gateway.pid).not.toBe(pid);
    expect(witness.visits.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('keeps trying a port that is taken, and answers there once it is free', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await until('the other server', () => other.listening);
    const { port: taken } = other.address() as { port: number };
    const { places, port, witness } = await open({ ports: { ssh: taken, http: 0, postgres: 0, redis: 0 } });
    expect(places[0]).toEqual({
      ...{ service: 'ssh', ip: '127.0.0.1', port: taken },
      failure: 'something else listens there',
    });
    expect(await visit(port('redis')).ask('1')).toBe(1);
    await new Promise((resolve) => other.close(resolve));
    const answered = await until('an answer at the place', async () => {
      const visitor = visit(taken);
      return (await visitor.ask('hello')) as string | undefined;
    });
    expect(answered).toBe('hello from web-01');
    // Told when somebody is answered there, not when the port could be had.
    expect(witness.placings).toEqual([{ service: 'ssh', ip: '127.0.0.1', port: taken }]);
  });

  it('notices that it loops for ever, ends it and starts it anew; both is told', async () => {
    const { port, gateway, witness } = await open({ askEveryMs: 200 });
    const busy = visit(port('ssh'));
    await busy.ask('hello');
    const pid = gateway.pid;
    busy.socket.write('loop\n');
    await busy.end();
    expect(await visit(port('ssh')).ask('hello')).toBe('hello from web-01');
    expect(gateway.pid).not.toBe(pid);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    const failure = 'the process for visitors ended: it does not answer any more';
    expect(witness.placings.map(({ service, failure: why }) => [service, why])).toEqual([
      ...['ssh', 'http', 'postgres', 'redis'].map((service) => [service, failure]),
      ...['ssh', 'http', 'postgres', 'redis'].map((service) => [service, undefined]),
    ]);
  });

  it('leaves it alone while it answers', async () => {
    const { port, gateway, witness } = await open({ askEveryMs: 200 });
    const pid = gateway.pid;
    const visitor = visit(port('ssh'));
    for (let line = 0; line < 100; line += 1) await visitor.ask('hello');
    expect(gateway.pid).toBe(pid);
    expect(witness.placings).toEqual([]);
  });

  it('dies with the daemon, even when that is killed', async () => {
    const script = `
      const { DecoyGateway } = await import('${decoy.built}/decoy/host/decoy-gateway.js');
      const quiet = () => undefined;
      const gateway = new DecoyGateway({
        listen: ['127.0.0.1'], ports: { ssh: 0, http: 0, postgres: 0, redis: 0 }, retryMs: 1000,
        keysFolder: '${decoy.folder}/state', runFolder: '${runFolder}', story: { hostname: 'x' }, software: {},
        clock: { nowNs: process.hrtime.bigint, after: (ms, then) => { const t = setTimeout(then, ms); return () => clearTimeout(t); } },
        diagnostics: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      });
      await gateway.open({});
      console.log(gateway.pid);`;
    const daemon = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(daemon.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    daemon.kill('SIGKILL');
    await until('its end', () => !existsSync(`/proc/${pid}`));
  });

  it('closes for good: nothing listens, runs or lies about any more', async () => {
    const { port, gateway } = await open();
    const inside = visit(port('ssh'));
    await inside.ask('hello');
    const pid = gateway.pid;
    const files = /\/run\/phantom-decoy-\w+/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[0] ?? '';
    expect(existsSync(files)).toBe(true);
    await gateway.close();
    await inside.end();
    const late = visit(port('ssh'));
    await late.end();
    expect(late.reset).toBe(true);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(files)).toBe(false);
  });
});
