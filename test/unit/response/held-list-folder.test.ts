import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EvidenceRefused } from '../../../src/response/evidence-name.js';
import { HeldListFolder } from '../../../src/response/held-list-folder.js';

const incident = '20261123-075839-0adb5475';
const frozen = {
  pid: 812,
  startedAtNs: 9_007_199_254_740_993n,
  name: 'cat',
  atNs: 1_795_421_223_226_185_059n,
};

describe('the list of frozen processes', () => {
  let stateDir: string;
  let list: HeldListFolder;
  const path = () => join(stateDir, 'held', `${incident}.json`);
  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'held-list-'));
    list = new HeldListFolder({ stateDir });
  });
  afterEach(() => rm(stateDir, { recursive: true }));

  it('is known to the next run to the nanosecond, and is for root alone', async () => {
    await list.save(incident, [frozen]);
    const next = new HeldListFolder({ stateDir });
    expect(await next.load()).toEqual(new Map([[incident, [frozen]]]));
    expect(await next.of(incident)).toEqual([frozen]);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  it('is gone when nobody is frozen any more', async () => {
    await list.save(incident, [frozen]);
    await list.save(incident, []);
    expect(await readdir(join(stateDir, 'held'))).toEqual([]);
    expect(await list.of(incident)).toEqual([]);
  });

  it('names nobody of before the host was started anew', async () => {
    await list.save(incident, [frozen]);
    const text = await readFile(path(), 'utf8');
    await writeFile(path(), text.replace(/"boot_id": "[^"]+"/, '"boot_id": "another"'));
    expect(await list.load()).toEqual(new Map());
    expect(await readdir(join(stateDir, 'held'))).toEqual([]);
  });

  it.each([
    '',
    'null',
    '{"processes":[{}]}',
    '{"boot_id":1',
    '[]',
  ])('reads nobody out of %j', async (text) => {
    await list.save(incident, [frozen]);
    await writeFile(path(), text);
    expect(await list.of(incident)).toEqual([]);
  });

  it.each([0, 1, -5, 1.5, 'x'])('never names process %j', async (pid) => {
    await list.save(incident, [frozen]);
    await writeFile(
      path(),
      (await readFile(path(), 'utf8')).replace('"pid": 812', `"pid": ${JSON.stringify(pid)}`),
    );
    expect(await list.of(incident)).toEqual([]);
  });

  it('passes on an order once it is asked for until it is answered', async () => {
    await list.ask({ incidentId: incident, order: 'release' });
    expect(await list.orders()).toEqual([{ incidentId: incident, order: 'release' }]);
    await list.answered({ incidentId: incident, order: 'release' });
    expect(await list.orders()).toEqual([]);
  });

  it('takes no path for an incident', async () => {
    await expect(list.of('../../etc/passwd')).rejects.toThrow(EvidenceRefused);
    await expect(list.ask({ incidentId: '../x', order: 'kill' })).rejects.toThrow(EvidenceRefused);
  });
});
