import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.js';
import { story } from '../../unit/sandbox/story.js';
import { docker, imagesOf, TestInstallation, uniqueId } from './docker-host.js';

/** Another installation with the same story would share the image; this one's is its own. */
const told = { ...story, project: uniqueId('project') };

describeWith(['root', 'docker'], 'the mirror image', () => {
  let installation: TestInstallation;

  const sandboxOf = (story = told) => installation.sandbox({ story: () => story });
  const mirrors = () => imagesOf(installation);

  beforeAll(async () => {
    installation = await TestInstallation.make();
  });
  afterAll(() => installation.clean());

  it('is made in less than 2 s without a registry, and then reused', async () => {
    const begin = performance.now();
    await sandboxOf().prepare();
    expect(performance.now() - begin).toBeLessThan(2000);
    const [made, ...others] = await mirrors();
    expect(others).toEqual([]);
    expect(made?.RepoTags?.[0]).toMatch(/^phantom-mirror:[0-9a-f]{12}$/);
    expect(made?.Size).toBeLessThan(16 * 1024 * 1024);

    await sandboxOf().prepare();
    expect((await mirrors()).map(({ Id }) => Id)).toEqual([made?.Id]);
  });

  it('makes room for the one of a newer story, unless a sandbox still shows the older', async () => {
    let now = told;
    const sandbox = installation.sandbox({ story: () => now });
    const request = installation.request();
    const { image: old } = await sandbox.start(request);
    now = { ...told, project: uniqueId('project') };
    await sandbox.prepare();
    expect((await mirrors()).map(({ RepoTags }) => RepoTags?.[0])).toContain(old);
    await sandbox.remove(request.incidentId);
    await sandbox.prepare();
    const [newer, ...others] = await mirrors();
    expect(others).toEqual([]);
    expect(newer?.RepoTags?.[0]).not.toBe(old);
  });

  it('goes although a sandbox of it is still being removed by somebody else', async () => {
    const sandbox = sandboxOf();
    for (let round = 0; round < 5; round += 1) {
      const { id, image } = await sandbox.start(installation.request());
      const other = docker.getContainer(id).remove({ force: true });
      await sandbox.removeEverything();
      await other.catch(() => {});
      expect(await docker.listImages({ filters: { reference: [image] } })).toEqual([]);
    }
  });

  it('is talked about to the configured engine, not to that of DOCKER_HOST', async () => {
    process.env.DOCKER_HOST = 'tcp://127.0.0.1:9';
    try {
      await expect(sandboxOf().prepare()).resolves.toBeUndefined();
    } finally {
      delete process.env.DOCKER_HOST;
    }
  });

  it('is made again, with the network, when it was pruned under a running daemon', async () => {
    const sandbox = sandboxOf();
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
    const sandbox = sandboxOf();
    const { id } = await sandbox.start(installation.request());
    await sandbox.removeEverything();
    expect(await mirrors()).toEqual([]);
    const networks = await docker.listNetworks();
    expect(networks.some(({ Name }) => Name === 'phantom_sandbox')).toBe(false);
    await expect(docker.getContainer(id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });
});
