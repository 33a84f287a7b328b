import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { SandboxUnavailable } from '../../../src/core/ports/sandbox.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { docker, says, socketPath, TestInstallation, visit } from './docker-host.js';
import { DockerProxy } from './docker-proxy.js';

describeWith(['root', 'docker'], 'when Docker fails', () => {
  let installation: TestInstallation;
  let folder: string;
  let front: string;
  let proxy: DockerProxy;

  beforeAll(async () => {
    installation = await TestInstallation.make();
  });
  afterAll(() => installation.clean());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docker-front-'));
    front = join(folder, 'docker.sock');
    proxy = new DockerProxy(front, socketPath);
  });
  afterEach(async () => {
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('says at once, in a readable line, that there is no socket', async () => {
    const sandbox = installation.sandbox({ socketPath: front });
    const request = installation.request();
    const begin = performance.now();
    const calls = [
      () => sandbox.prepare(),
      () => sandbox.start(request),
      () => sandbox.remove('x'),
      () => sandbox.removeOrphans(),
    ];
    for (const call of calls)
      await expect(call()).rejects.toThrow(
        new SandboxUnavailable(`no Docker socket at ${front}; is Docker installed and running?`),
      );
    expect(performance.now() - begin).toBeLessThan(1500);
  });

  it('gives up on a slow engine in the configured time', async () => {
    await proxy.listen();
    proxy.delayMs = 5000;
    const sandbox = installation.sandbox({ socketPath: front, apiTimeoutMs: 300 });
    const begin = performance.now();
    await expect(sandbox.removeOrphans()).rejects.toThrow(
      new SandboxUnavailable(
        'Docker did not answer within 300 ms while listing sandbox containers; is the host overloaded?',
      ),
    );
    expect(performance.now() - begin).toBeLessThan(1500);
  });

  it('works again by itself when the engine is back', async () => {
    const sandbox = installation.sandbox({ socketPath: front });
    const request = installation.request();
    await expect(sandbox.start(request)).rejects.toThrow(SandboxUnavailable);
    await proxy.listen();
    proxy.delayMs = -1;
    await expect(sandbox.start(request)).rejects.toThrow(/^Docker closed the connection while /);
    proxy.delayMs = 0;
    await expect(sandbox.start(request)).resolves.toMatchObject({ incidentId: request.incidentId });
    await proxy.close();
    await expect(sandbox.remove(request.incidentId)).rejects.toThrow(/^no Docker socket/);
    await proxy.listen();
    await sandbox.remove(request.incidentId);
  });

  it('leaves nothing behind of what a slow engine made after all', async () => {
    await proxy.listen();
    const sandbox = installation.sandbox({ socketPath: front, apiTimeoutMs: 3000 });
    await sandbox.prepare();
    proxy.delayMs = 4000;
    const request = installation.request();
    await expect(sandbox.start(request)).rejects.toThrow(/did not answer within 3000 ms while creating/);
    await until('the engine made it nevertheless', async () => (await own()).length === 1);
    proxy.delayMs = 0;
    const { id } = await sandbox.start(request);
    expect((await own()).map(({ Id }) => Id)).toEqual([id]);
    await sandbox.remove(request.incidentId);
  });

  it('leaves nothing behind of what a slow engine makes only after the next try', async () => {
    await proxy.listen();
    const sandbox = installation.sandbox({ socketPath: front, apiTimeoutMs: 3000 });
    await sandbox.prepare();
    proxy.delayMs = 5000;
    const request = installation.request();
    await expect(sandbox.start(request)).rejects.toThrow(/did not answer within 3000 ms while creating/);
    proxy.delayMs = 0;
    const { id } = await sandbox.start(request);
    await until('the engine made the first one nevertheless', async () => (await own()).length === 2);
    await sandbox.close();
    expect((await own()).map(({ Id }) => Id)).toEqual([id]);
    await sandbox.remove(request.incidentId);
  });

  it('tells a guest once that the line to the engine broke, and goes on later', async () => {
    await proxy.listen();
    const sandbox = installation.sandbox({ socketPath: front });
    const { incidentId } = installation.request();
    await sandbox.start({ incidentId });
    const visitor = await visit(sandbox, incidentId, {
      user: 'alind',
      terminal: { type: 'xterm', columns: 80, rows: 24 },
    });
    await until('the prompt', () => visitor.stdout().includes('alind@'));
    await proxy.close();
    expect(await visitor.ended).toEqual({ signal: 'HUP' });
    await expect(visit(sandbox, incidentId, { user: 'alind' })).rejects.toThrow(SandboxUnavailable);
    await proxy.listen();
    expect((await says(sandbox, incidentId, 'whoami')).output).toBe('alind');
    await sandbox.remove(incidentId);
  });

  const own = () =>
    docker.listContainers({
      all: true,
      filters: { label: [`org.phantom-files.instance=${installation.instanceId}`] },
    });

  it('refuses an incident id that is no name, before it asks the engine', async () => {
    const sandbox = installation.sandbox({ socketPath: front });
    for (const incidentId of ['', '../x', 'a b', 'a\u001b[2J'])
      await expect(sandbox.start({ incidentId })).rejects.toThrow(/^not an incident id: /);
  });
});
