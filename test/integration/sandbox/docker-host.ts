import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import Docker from 'dockerode';
import type { GuestChannel, GuestExit, GuestRequest } from '../../../src/core/decoy/guest.js';
import { DockerSandbox, type DockerSandboxOptions } from '../../../src/sandbox/docker/docker-sandbox.js';
import { story } from '../../unit/sandbox/story.js';

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
      story: () => story,
      limits: { memoryMb: 128, pids: 64, cpus: 0.5 },
      warm: 0,
      apiTimeoutMs: 20_000,
      ...options,
    });
  }

  request(incidentId = uniqueId('inc')) {
    return { incidentId };
  }

  /** @throws Error when a container of it stays, so that the test that left it is the one that fails */
  async clean(): Promise<void> {
    await this.sandbox().removeEverything();
    await rm(this.folder, { recursive: true, force: true });
    const left = (await containersOf(this)).flatMap(({ Names }) => Names);
    if (left.length > 0) throw new Error(`left in Docker: ${left.join(', ')}`);
  }
}

/** What of an installation is in Docker, running or not. */
export async function containersOf({ instanceId }: TestInstallation) {
  return docker.listContainers({ all: true, filters: ofInstance(instanceId) });
}

/** The mirror images that an installation made. */
export async function imagesOf({ instanceId }: TestInstallation) {
  return docker.listImages({ filters: { label: [`org.phantom-files.made-by=${instanceId}`] } });
}

function ofInstance(instanceId: string) {
  return { label: [`org.phantom-files.instance=${instanceId}`] };
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

/** A program of a guest, with what it wrote so far. */
export interface Visitor {
  readonly channel: GuestChannel;
  readonly ended: Promise<GuestExit>;
  stdout(): string;
  stderr(): string;
}

/** Runs something as a guest does. */
export async function visit(
  sandbox: DockerSandbox,
  incidentId: string,
  request: GuestRequest,
): Promise<Visitor> {
  const pieces = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  const text = (stream: 'stdout' | 'stderr') => Buffer.concat(pieces[stream]).toString('utf8');
  let tell: (exit: GuestExit) => void = () => {};
  const ended = new Promise<GuestExit>((resolve) => {
    tell = resolve;
  });
  const channel = await sandbox.run(incidentId, request, {
    output: (stream, bytes) => pieces[stream].push(bytes),
    inputFull: () => {},
    exited: (exit) => tell(exit),
  });
  return { channel, ended, stdout: () => text('stdout'), stderr: () => text('stderr') };
}

/** Runs a command as a guest to its end and gives both streams together. */
export async function says(sandbox: DockerSandbox, incidentId: string, command: string, user = 'alind') {
  const visitor = await visit(sandbox, incidentId, { user, command });
  const { code } = await visitor.ended;
  return { code, output: `${visitor.stdout()}${visitor.stderr()}`.trim() };
}
