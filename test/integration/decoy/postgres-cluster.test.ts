import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { DecoyGatewayOptions } from '../../../src/decoy/host/decoy-gateway.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { type BuiltDecoy, buildDecoy } from './built-decoy.js';
import { type House, openHouse } from './gateway-house.js';

describeWith(['root', 'psql'], 'the database of the decoy', () => {
  let decoy: BuiltDecoy;
  let house: House;
  const folder = () => join(decoy.folder, 'state');
  const clusters = () => readdirSync(folder()).filter((name) => name.endsWith('.cluster'));

  beforeAll(async () => {
    decoy = await buildDecoy();
  });
  afterAll(() => decoy.remove());
  afterEach(() => house.gateway.close());

  async function open(options: Partial<DecoyGatewayOptions> = {}): Promise<void> {
    house = await openHouse(decoy, { buildClusterAfterMs: 0, ...options });
    house.gateway.admit([{ id: 'l1', service: 'postgres', user: 'acme_app', password: 'Tr4p!' }]);
  }

  const ask = (query: string, database = 'acme_prod') =>
    execa(
      'psql',
      ['-h127.0.0.1', `-p${house.port('postgres')}`, '-Uacme_app', `-d${database}`, '-AtXc', query],
      {
        env: { PGPASSWORD: 'Tr4p!' },
      },
    );
  const stagedFiles = () => {
    const commandLine = readFileSync(`/proc/${house.gateway.pid}/cmdline`, 'latin1');
    return dirname(/--allow-fs-read=([^\0]*)/.exec(commandLine)?.[1] ?? '');
  };
  /** Processes that build one from the files of this decoy. */
  const builders = () =>
    readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        return commandLine.includes('cluster-builder.js') && commandLine.includes(stagedFiles());
      } catch {
        return false;
      }
    });

  it('is built ahead, by a process without privilege that steps back for every other', async () => {
    await open();
    const status = await until('the builder', () => {
      const [pid] = builders();
      const text = pid === undefined ? '' : readFileSync(`/proc/${pid}/status`, 'latin1');
      if (!/^Uid:\s+65534/m.test(text)) return undefined;
      const nice = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[16];
      return { text, nice };
    });
    expect(status.text).toMatch(/^CapEff:\t0+$/m);
    expect(status.text).toMatch(/^CapBnd:\t0+$/m);
    expect(status.text).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status.text).toMatch(/^Seccomp:\t2$/m);
    expect(status.nice).toBe('10');
    // Who comes meanwhile waits for the same one.
    expect((await ask('SELECT count(*) > 0 FROM customers')).stdout).toBe('t');
    await until('it is kept', () => clusters().length === 1);
    expect(statSync(join(folder(), clusters()[0] as string)).mode & 0o777).toBe(0o600);
    expect(house.warnings.filter((line) => line.includes('built ahead'))).toEqual([]);
  });

  it('is taken from before by the next daemon, and each visitor has their own', async () => {
    const [before] = clusters();
    const { mtimeMs } = statSync(join(folder(), before as string));
    await open({ buildClusterAfterMs: 3_600_000 });
    await ask('DROP TABLE customers CASCADE');
    expect((await ask('SELECT count(*) > 0 FROM customers')).stdout).toBe('t');
    expect((await ask('SELECT 1', 'postgres')).stdout).toBe('1');
    expect(clusters()).toEqual([before]);
    expect(statSync(join(folder(), before as string)).mtimeMs).toBe(mtimeMs);
    expect(builders()).toEqual([]);
  });

  it('is built anew when anything that it is made from changes, and the older one is removed', async () => {
    const [before] = clusters();
    const source = join(decoy.built, 'decoy/services/postgres/content/content.js');
    const content = await readFile(source, 'utf8');
    await writeFile(source, `${content}\n// another version\n`);
    await open();
    await until('another one', () => clusters().length === 1 && clusters()[0] !== before, 60_000);
  });

  it('is built at the first login when it cannot be built ahead', async () => {
    await rm(join(folder(), clusters()[0] as string));
    await open();
    const [pid] = await until('the builder', () => (builders().length > 0 ? builders() : undefined));
    process.kill(Number(pid), 'SIGKILL');
    await until('the warning', () => house.warnings.some((line) => line.includes('cannot be built ahead')));
    await until('nobody waits for it', () => !existsSync(join(stagedFiles(), 'postgres.cluster.coming')));
    expect((await ask('SELECT 6 * 7')).stdout).toBe('42');
  });

  it('leaves no process behind when the daemon stops while it is built', async () => {
    await open();
    const [pid] = await until('the builder', () => (builders().length > 0 ? builders() : undefined));
    await house.gateway.close();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(clusters()).toEqual([]);
  });
});
