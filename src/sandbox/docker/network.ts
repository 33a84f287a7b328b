import type { NetworkCreateOptions, NetworkInspectInfo } from 'dockerode';
import type { DockerClient } from './docker-client.js';
import { DockerFailure } from './docker-failure.js';
import { networkLabel } from './labels.js';

/** Name of the network that every sandbox is on. */
export const networkName = 'phantom_sandbox';

const settingsVersion = '1';

/** The network as data: a bridge that leads nowhere, not even to this host. */
export function networkSpec(): NetworkCreateOptions {
  return {
    Name: networkName,
    Driver: 'bridge',
    CheckDuplicate: true,
    Internal: true,
    Attachable: false,
    EnableIPv6: false,
    Options: {
      'com.docker.network.bridge.enable_icc': 'false',
      // `Internal` only stops forwarding: the bridge's own address, and with it every service of the
      // host, stays reachable (measured on 20.10). Without an address there is nothing to reach.
      'com.docker.network.bridge.inhibit_ipv4': 'true',
    },
    Labels: { [networkLabel]: settingsVersion },
  };
}

/**
 * Makes the network, or finds it. One of ours with other settings is made anew.
 * @throws SandboxUnavailable also when the name is taken by a network that is not ours, and on an engine that
 * does not know our settings
 */
export async function ensureNetwork(client: DockerClient): Promise<void> {
  const found = await findNetwork(client);
  if (found !== undefined) {
    assertOurs(found);
    if (hasOurSettings(found)) return;
    await removeById(client, found.Id);
  }
  await client.call('creating the sandbox network', (docker, signal) =>
    docker.createNetwork({ ...networkSpec(), abortSignal: signal }),
  );
  const made = await findNetwork(client);
  if (made !== undefined && hasOurSettings(made)) return;
  // Podman drops what it does not know: its bridge would have an address, and every service of the host behind it.
  if (made !== undefined) await removeById(client, made.Id);
  throw new DockerFailure('the engine cannot make a network that leads nowhere; only Docker can');
}

/**
 * Removes the network unless it is not ours or still used.
 * @throws SandboxUnavailable
 */
export async function removeNetwork(client: DockerClient): Promise<void> {
  const found = await findNetwork(client);
  if (found?.Labels?.[networkLabel] === undefined) return;
  await removeById(client, found.Id).catch((error: unknown) => {
    // 403: another installation on this host has a sandbox on it.
    if (!(error instanceof DockerFailure && (error.statusCode === 403 || error.statusCode === 404)))
      throw error;
  });
}

async function findNetwork(client: DockerClient): Promise<NetworkInspectInfo | undefined> {
  const networks = await client.call('looking for the sandbox network', (docker, signal) =>
    docker.listNetworks({ filters: { name: [`^${networkName}$`] }, abortSignal: signal }),
  );
  return networks.find((network) => network.Name === networkName);
}

async function removeById(client: DockerClient, id: string): Promise<void> {
  await client.call('removing the sandbox network', (docker, signal) =>
    docker.getNetwork(id).remove({ abortSignal: signal }),
  );
}

function assertOurs(network: NetworkInspectInfo): void {
  if (network.Labels?.[networkLabel] === undefined)
    throw new DockerFailure(`a foreign Docker network is named ${networkName}; rename or remove it`);
}

function hasOurSettings(network: NetworkInspectInfo): boolean {
  const { Options } = networkSpec();
  return (
    network.Internal === true &&
    network.Labels?.[networkLabel] === settingsVersion &&
    Object.entries(Options ?? {}).every(([key, value]) => network.Options?.[key] === value)
  );
}
