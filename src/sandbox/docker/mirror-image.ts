import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { DockerClient } from './docker-client.js';
import { DockerFailure, oneLine } from './docker-failure.js';
import { contentLabel, makerLabel } from './labels.js';

const repository = 'phantom-mirror';

/**
 * Makes the image of a root tar, or finds the one made from the same bytes before; returns its tag.
 * Needs no registry.
 * @throws SandboxUnavailable
 */
export async function ensureMirrorImage(
  client: DockerClient,
  root: Buffer,
  instanceId: string,
): Promise<string> {
  const content = createHash('sha256').update(root).digest('hex');
  const version = content.slice(0, 12);
  const tag = `${repository}:${version}`;
  if ((await contentOf(client, tag)) === content) return tag;
  const answer = await client.call('importing the sandbox image', async (docker, signal) => {
    const stream = await docker.importImage(Readable.from([root]), {
      // With the version in it: Podman takes no notice of the tag beside.
      repo: tag,
      changes: `LABEL ${contentLabel}=${content} ${makerLabel}=${instanceId}`,
      abortSignal: signal,
    });
    return text(stream);
  });
  // The engine answers 200 before it reads the tar; a failure is only a line of the stream.
  const failed = answer.split('\n').find((line) => line.includes('"error"'));
  if (failed !== undefined)
    throw new DockerFailure(`Docker could not import the sandbox image: ${oneLine(failed)}`);
  return tag;
}

/**
 * Removes every mirror image that no container uses.
 * @throws SandboxUnavailable
 */
export async function removeMirrorImages(client: DockerClient): Promise<void> {
  await removeImages(client, contentLabel, () => true);
}

/**
 * Removes what this installation made of an earlier host or story, but for what a container still uses.
 * @throws SandboxUnavailable
 */
export async function removeOldMirrors(client: DockerClient, instanceId: string, tag: string): Promise<void> {
  await removeImages(client, `${makerLabel}=${instanceId}`, (tags) => !tags.includes(tag));
}

async function removeImages(
  client: DockerClient,
  label: string,
  isUnwanted: (tags: readonly string[]) => boolean,
): Promise<void> {
  const images = await client.call('listing sandbox images', (docker, signal) =>
    docker.listImages({ filters: { label: [label] }, abortSignal: signal }),
  );
  for (const { Id } of images.filter(({ RepoTags }) => isUnwanted(RepoTags ?? [])))
    await client
      .call('removing the sandbox image', (docker, signal) =>
        docker.getImage(Id).remove({ abortSignal: signal }),
      )
      .catch(ignoreGoneOrUsed);
}

async function contentOf(client: DockerClient, tag: string): Promise<string | undefined> {
  // Listing rather than inspecting: dockerode 5 cannot abort the inspection of an image.
  const images = await client.call('looking for the sandbox image', (docker, signal) =>
    docker.listImages({ filters: { reference: [tag] }, abortSignal: signal }),
  );
  return images[0]?.Labels?.[contentLabel];
}

function ignoreGoneOrUsed(error: unknown): void {
  if (error instanceof DockerFailure && (error.statusCode === 404 || error.statusCode === 409)) return;
  throw error;
}
