import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SandboxUnavailable } from '../../../src/core/ports/sandbox.js';
import { describeWith } from '../../support/requirements.js';
import { docker, exists, TestInstallation } from './docker-host.js';

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
    const request = await installation.request();
    const sandbox = installation.sandbox();
    const running = await sandbox.start(request);
    expect(running.name).toBe(`phantom_forensics_${request.incidentId}`);
    const facts = await docker.getContainer(running.id).inspect();
    expect(facts.State.Running).toBe(true);
    expect(facts.Name).toBe(`/${running.name}`);
    expect(facts.Config.Image).toBe(running.image);
    expect(facts.Config.Labels).toMatchObject({
      'org.phantom-files.incident': request.incidentId,
      'org.phantom-files.instance': installation.instanceId,
    });
    await sandbox.remove(request.incidentId);
    await expect(docker.getContainer(running.id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('is one for one incident, also for calls at the same time', async () => {
    const sandbox = installation.sandbox();
    const request = await installation.request();
    const [first, second] = await Promise.all([sandbox.start(request), sandbox.start(request)]);
    expect(second).toEqual(first);
    expect(await sandbox.start(request)).toEqual(first);
    await sandbox.remove(request.incidentId);
  });

  it('begins anew when the container died', async () => {
    const sandbox = installation.sandbox();
    const request = await installation.request();
    const first = await sandbox.start(request);
    await docker.getContainer(first.id).kill();
    const second = await sandbox.start(request);
    expect(second.id).not.toBe(first.id);
    await sandbox.remove(request.incidentId);
  });

  it('replaces what an earlier run left under its name', async () => {
    const request = await installation.request();
    const first = await installation.sandbox().start(request);
    const sandbox = installation.sandbox();
    const second = await sandbox.start(request);
    expect(second.id).not.toBe(first.id);
    expect(await exists(first.id)).toBe(false);
    await sandbox.remove(request.incidentId);
  });

  it('can be ended twice, and where it never began', async () => {
    const sandbox = installation.sandbox();
    const request = await installation.request();
    await sandbox.start(request);
    await sandbox.remove(request.incidentId);
    await expect(sandbox.remove(request.incidentId)).resolves.toBeUndefined();
    await expect(sandbox.remove('never-began')).resolves.toBeUndefined();
  });

  it('leaves a foreign container of the same name alone and says its name', async () => {
    const sandbox = installation.sandbox();
    await sandbox.prepare();
    const [image] = await docker.listImages({ filters: { reference: ['phantom-mirror'] } });
    const request = await installation.request();
    const name = `phantom_forensics_${request.incidentId}`;
    const foreign = await docker.createContainer({ name, Image: image?.Id ?? '', Cmd: ['/bin/true'] });
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
    const request = await installation.request();
    const kept = await other.sandbox().start(await other.request());
    const daemon = installation.sandbox();
    const orphan = await daemon.start(request);
    expect(await daemon.removeOrphans()).toEqual([]);
    expect(await exists(orphan.id)).toBe(true);
    expect(await installation.sandbox().removeOrphans()).toEqual([orphan.name]);
    expect(await exists(orphan.id)).toBe(false);
    expect(await exists(kept.id)).toBe(true);
  });

  it('fails with exit code and last words when the decoy ends at once', async () => {
    const usr = join(installation.folder, 'usr');
    await mkdir(join(usr, 'bin'), { recursive: true });
    await copyFile('/usr/bin/busybox', join(usr, 'bin', 'sh'));
    // It lists httpd for the host and breaks in the sandbox.
    const script =
      '#!/bin/sh\n[ "$1" = --list ] && echo httpd && exit\necho "cannot \u001b[31mbind" >&2\nexit 3\n';
    await writeFile(join(usr, 'bin', 'busybox'), script);
    await chmod(join(usr, 'bin', 'busybox'), 0o755);
    const request = await installation.request();
    const failure = installation.sandbox({ hostUsr: usr }).start(request);
    await expect(failure).rejects.toThrow(SandboxUnavailable);
    await expect(failure).rejects.toThrow('exited at once with code 3: cannot \\x1b[31mbind');
    expect(await exists(`phantom_forensics_${request.incidentId}`)).toBe(false);
  });

  it('lives without a decoy where the host has no busybox', async () => {
    const usr = join(installation.folder, 'usr-without');
    await mkdir(join(usr, 'bin'), { recursive: true });
    await copyFile('/usr/bin/busybox', join(usr, 'bin', 'sleep'));
    const sandbox = installation.sandbox({ hostUsr: usr });
    const request = await installation.request();
    const { id } = await sandbox.start(request);
    expect(sandbox.decoy?.name).toBe('idle');
    expect((await docker.getContainer(id).inspect()).State.Running).toBe(true);
    await sandbox.remove(request.incidentId);
  });
});
