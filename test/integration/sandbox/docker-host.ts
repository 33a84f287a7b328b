import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import Docker from 'dockerode';
import { DockerSandbox, type DockerSandboxOptions } from '../../../src/sandbox/docker/docker-sandbox.js';

export const socketPath = '/var/run/docker.sock';
export const docker = new Docker({ socketPath });

/** A name that no other test run has. */
export function uniqueId(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

/** An installation of its own, with what it leaves behind removed by `clean`. */
export class TestInstallation {
  readonly instanceId = uniqueId('test');
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<TestInstallation> {
    return new TestInstallation(await mkdtemp(join(tmpdir(), 'sandbox-test-')));
  }

  /** A new object, as after a restart of the daemon. */
  sandbox(options: Partial<DockerSandboxOptions> = {}): DockerSandbox {
    return new DockerSandbox({
      socketPath,
      instanceId: this.instanceId,
      resourcesDir: resolve('resources'),
      limits: { memoryMb: 64, pids: 48, cpus: 0.5 },
      apiTimeoutMs: 20_000,
      ...options,
    });
  }

  async request(incidentId = uniqueId('inc')) {
    const evidenceFolder = join(this.folder, incidentId);
    await mkdir(evidenceFolder, { mode: 0o700 });
    return { incidentId, evidenceFolder };
  }

  async clean(): Promise<void> {
    await this.sandbox().removeEverything();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Runs a program in a container and gives its exit code and output (both streams). */
export async function inside(container: string, command: readonly string[], user?: string) {
  const exec = await docker.getContainer(container).exec({
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
    ...(user === undefined ? {} : { User: user }),
  });
  const stream = await exec.start({});
  const output = new PassThrough();
  const pieces: Buffer[] = [];
  output.on('data', (piece: Buffer) => pieces.push(piece));
  docker.modem.demuxStream(stream, output, output);
  await finished(stream, { writable: false });
  const { ExitCode } = await exec.inspect();
  return { code: ExitCode, output: Buffer.concat(pieces).toString('utf8').trim() };
}

/** Whether a container of that name or id exists. */
export async function exists(container: string): Promise<boolean> {
  const found = await docker.listContainers({ all: true });
  return found.some(({ Id, Names }) => Id === container || Names.includes(`/${container}`));
}
