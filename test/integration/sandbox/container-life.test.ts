import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SandboxUnavailable } from '../../../src/core/ports/sandbox.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { story } from '../../unit/sandbox/story.js';
import { docker, exists, says, TestInstallation } from './docker-host.js';

const run = promisify(execFile);

describeWith(['root', 'docker'], 'the life of a sandbox', () => {
  let installation: TestInstallation;
  let other: TestInstallation;

  beforeAll(async () => {
    installation = await TestInstallation.make();
    other = await TestInstallation.make();
  });
  afterAll(async () => {
    await other.clean();
    await installation.clean();
  });

  it('begins running, named and labelled', async () => {
    const request = installation.request();
    const sandbox = installation.sandbox();
    const running = await sandbox.start(request);
    expect(running.name).toBe(`phantom_forensics_${request.incidentId}`);
    const facts = await docker.getContainer(running.id).inspect();
    expect(facts.State.Running).toBe(true);
    expect(facts.Name).toBe(`/${running.name}`);
    expect(facts.Config.Image).toBe(running.image);
    expect(facts.Config.Labels).toMatchObject({
      'org.phantom-files.instance': installation.instanceId,
    });
    await sandbox.remove(request.incidentId);
    await expect(docker.getContainer(running.id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('is one for one incident, also for calls at the same time', async () => {
    const sandbox = installation.sandbox();
    const request = installation.request();
    const [first, second] = await Promise.all([sandbox.start(request), sandbox.start(request)]);
    expect(second).toEqual(first);
    expect(await sandbox.start(request)).toEqual(first);
    await sandbox.remove(request.incidentId);
  });

  it('begins anew when the container died', async () => {
    const sandbox = installation.sandbox();
    const request = installation.request();
    const first = await sandbox.start(request);
    await docker.getContainer(first.id).kill();
    const second = await sandbox.start(request);
    expect(second.id).not.toBe(first.id);
    await sandbox.remove(request.incidentId);
  });

  it('replaces what an earlier run left under its name', async () => {
    const request = installation.request();
    const first = await installation.sandbox().start(request);
    const sandbox = installation.sandbox();
    const second = await sandbox.start(request);
    expect(second.id).not.toBe(first.id);
    expect(await exists(first.id)).toBe(false);
    await sandbox.remove(request.incidentId);
  });

  it('can be ended twice, and where it never began', async () => {
    const sandbox = installation.sandbox();
    const request = installation.request();
    await sandbox.start(request);
    await sandbox.remove(request.incidentId);
    await expect(sandbox.remove(request.incidentId)).resolves.toBeUndefined();
    await expect(sandbox.remove('never-began')).resolves.toBeUndefined();
  });

  it('leaves a foreign container of the same name alone and says its name', async () => {
    const sandbox = installation.sandbox();
    const request = installation.request();
    const { image } = await sandbox.start(request);
    await sandbox.remove(request.incidentId);
    const name = `phantom_forensics_${request.incidentId}`;
    const foreign = await docker.createContainer({ name, Image: image, Cmd: ['/bin/true'] });
    try {
      const failure = sandbox.start(request);
      await expect(failure).rejects.toThrow(SandboxUnavailable);
      await expect(failure).rejects.toThrow(
        `a foreign container is named ${name} (${foreign.id.slice(0, 12)})`,
      );
      await sandbox.remove(request.incidentId);
      expect(await sandbox.removeOrphans()).not.toContain(name);
      expect(await exists(foreign.id)).toBe(true);
    } finally {
      await foreign.remove();
    }
  });

  it('ends as an orphan after a restart, for its own installation only', async () => {
    const request = installation.request();
    const kept = await other.sandbox().start(other.request());
    const daemon = installation.sandbox();
    const orphan = await daemon.start(request);
    expect(await daemon.removeOrphans()).toEqual([]);
    expect(await exists(orphan.id)).toBe(true);
    expect(await installation.sandbox().removeOrphans()).toEqual([orphan.name]);
    expect(await exists(orphan.id)).toBe(false);
    expect(await exists(kept.id)).toBe(true);
  });

  it('fails with exit code and last words when its first process ends at once', async () => {
    const usr = join(installation.folder, 'usr');
    await mkdir(join(usr, 'bin'), { recursive: true });
    await copyFile('/usr/bin/busybox', join(usr, 'bin', 'sh'));
    await writeFile(join(usr, 'bin', 'bash'), '#!/bin/sh\necho "cannot \u001b[31mgo on" >&2\nexit 3\n', {
      mode: 0o755,
    });
    const request = installation.request();
    const failure = installation.sandbox({ hostUsr: usr }).start(request);
    await expect(failure).rejects.toThrow(SandboxUnavailable);
    await expect(failure).rejects.toThrow('exited at once with code 3: cannot \\x1b[31mgo on');
    expect(await exists(`phantom_forensics_${request.incidentId}`)).toBe(false);
  });

  it('goes on after a restart of the daemon when it is resumed', async () => {
    const request = installation.request();
    const first = installation.sandbox();
    const begun = await first.start(request);
    await says(first, request.incidentId, 'echo mine > ~/kept');
    const second = installation.sandbox();
    expect(await second.resume(request.incidentId)).toEqual(begun);
    expect(await second.removeOrphans()).toEqual([]);
    expect(await second.start(request)).toEqual(begun);
    expect((await says(second, request.incidentId, 'cat ~/kept')).output).toBe('mine');
    await second.remove(request.incidentId);
    expect(await second.resume(request.incidentId)).toBeUndefined();
  });

  it('is not resumed when it ended meanwhile', async () => {
    const request = installation.request();
    const { id } = await installation.sandbox().start(request);
    await docker.getContainer(id).kill();
    expect(await installation.sandbox().resume(request.incidentId)).toBeUndefined();
    expect(await exists(id)).toBe(false);
  });

  it('tells whether it runs', async () => {
    const request = installation.request();
    const sandbox = installation.sandbox();
    expect(await sandbox.isRunning(request.incidentId)).toBe(false);
    const { id } = await sandbox.start(request);
    expect(await sandbox.isRunning(request.incidentId)).toBe(true);
    await docker.getContainer(id).kill();
    expect(await sandbox.isRunning(request.incidentId)).toBe(false);
    await sandbox.remove(request.incidentId);
  });

  it('has the number by which the kernel knows its processes', async (context) => {
    const { incidentId } = installation.request();
    const sandbox = installation.sandbox();
    const { id, cgroupId } = await sandbox.start({ incidentId });
    const folders = ['/sys/fs/cgroup', '-type', 'd', '-name', `*${id}*`, '-printf', '%i %F %p\n'];
    const lines = (await run('find', folders)).stdout.split('\n');
    // The hierarchy of the pids controller, by which the sensor follows: one of version 1, or the unified one.
    const [own] =
      lines.filter((line) => line.includes(' cgroup /sys/fs/cgroup/pids/')).length > 0
        ? lines.filter((line) => line.includes(' cgroup /sys/fs/cgroup/pids/'))
        : lines.filter((line) => line.includes(' cgroup2 '));
    if (own === undefined) context.skip('the host has no cgroup of the pids controller');
    expect(String(cgroupId)).toBe(own?.split(' ')[0]);
    await sandbox.remove(incidentId);
  });

  it('is ready before it is asked for, and another after it was', async () => {
    const sandbox = installation.sandbox({ warm: 1 });
    await sandbox.prepare();
    const [ready, ...more] = await own();
    expect(more).toEqual([]);
    expect(ready?.Names[0]).toMatch(
      new RegExp(`^/phantom_warm_${installation.instanceId}_[0-9a-f]{8}$`, 'u'),
    );
    const request = installation.request();
    const begin = performance.now();
    const running = await sandbox.start(request);
    expect(performance.now() - begin).toBeLessThan(300);
    expect(running).toMatchObject({
      id: ready?.Id,
      warm: true,
      name: `phantom_forensics_${request.incidentId}`,
    });
    expect((await says(sandbox, request.incidentId, 'whoami')).output).toBe('alind');
    await until('another stands ready', async () => (await own()).length === 2);
    await until('it is furnished', async () => (await sandbox.prepare().then(own)).length === 2);
    // A later run takes neither for its own.
    const later = installation.sandbox();
    expect(await later.removeOrphans()).toEqual([running.name]);
    expect(await own()).toEqual([]);
    // The one that stood ready is gone; the next is made.
    const next = installation.request();
    expect((await sandbox.start(next)).warm).toBeUndefined();
    await sandbox.remove(next.incidentId);
    await sandbox.close();
    expect(await own()).toEqual([]);
  });

  it('has the accounts of the story as it is told now, whatever stood ready before', async () => {
    let told = story;
    const sandbox = installation.sandbox({ warm: 1, story: () => told });
    await sandbox.prepare();
    told = { ...story, accounts: [...story.accounts, { login: 'newcomer', fullName: 'New Comer' }] };
    const { incidentId } = installation.request();
    await sandbox.start({ incidentId });
    expect((await says(sandbox, incidentId, 'whoami', 'newcomer')).output).toBe('newcomer');
    await sandbox.remove(incidentId);
    await sandbox.close();
  });

  const own = () =>
    docker.listContainers({
      all: true,
      filters: { label: [`org.phantom-files.instance=${installation.instanceId}`] },
    });
});
