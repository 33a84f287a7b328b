import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.js';
import { docker, TestInstallation } from './docker-host.js';

const mirrors = () => docker.listImages({ filters: { reference: ['phantom-mirror'] } });

describeWith(['root', 'docker'], 'the mirror image', () => {
  let installation: TestInstallation;

  beforeAll(async () => {
    installation = await TestInstallation.make();
    await installation.sandbox().removeEverything();
  });
  afterAll(() => installation.clean());

  it('is made in less than 2 s without a registry, and then reused', async () => {
    const begin = performance.now();
    await installation.sandbox().prepare();
    expect(performance.now() - begin).toBeLessThan(2000);
    const [made, ...others] = await mirrors();
    expect(others).toEqual([]);
    expect(made?.RepoTags?.[0]).toMatch(/^phantom-mirror:[0-9a-f]{12}$/);
    expect(made?.Size).toBeLessThan(16 * 1024 * 1024);

    await installation.sandbox().prepare();
    expect((await mirrors()).map(({ Id }) => Id)).toEqual([made?.Id]);
  });

  it('is talked about to the configured engine, not to that of DOCKER_HOST', async () => {
    process.env.DOCKER_HOST = 'tcp://127.0.0.1:9';
    try {
      await expect(installation.sandbox().prepare()).resolves.toBeUndefined();
    } finally {
      delete process.env.DOCKER_HOST;
    }
  });

  it('is made again, with the network, when it was pruned under a running daemon', async () => {
    const sandbox = installation.sandbox();
    await sandbox.prepare();
    const request = installation.request();
    for (const { Id } of await mirrors()) await docker.getImage(Id).remove({ force: true });
    await expect(sandbox.start(request)).resolves.toMatchObject({ incidentId: request.incidentId });
    await sandbox.remove(request.incidentId);

    await docker.getNetwork('phantom_sandbox').remove();
    await expect(sandbox.start(request)).resolves.toMatchObject({ incidentId: request.incidentId });
    await sandbox.remove(request.incidentId);
  });

  it('goes, with network and containers, when everything is removed', async () => {
    const sandbox = installation.sandbox();
    const { id } = await sandbox.start(installation.request());
    await sandbox.removeEverything();
    expect(await mirrors()).toEqual([]);
    const networks = await docker.listNetworks();
    expect(networks.some(({ Name }) => Name === 'phantom_sandbox')).toBe(false);
    await expect(docker.getContainer(id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });
});
