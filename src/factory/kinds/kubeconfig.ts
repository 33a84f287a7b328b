import { decoyUrl, urlHost } from '../decoy-url.js';
import { clusterCertificate } from '../forms/cluster-certificate.js';
import { servicePassword } from '../forms/service-password.js';
import type { KeyPair, KeyPool } from '../key-pool.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

const dayMs = 86_400_000;

/** The clusters that kubectl reaches: one as administrator with a key, one with a password. */
export const kubeconfig: TrapKind = {
  name: 'kubeconfig',
  summary: "kubectl's clusters with an administrator's key",
  mode: readableByOwner,
  relativePath: () => '.kube/config',
  async make({ persona, times, templates, decoy, keys }) {
    const story = storyteller(persona.seed, 'kubeconfig');
    // Whole weeks and some hours before, so that it was set up on a day of work.
    const weeks = story.number.int({ min: 0, max: 6 });
    const minutes = story.number.int({ min: 3, max: 170 });
    const material = await administrator(
      keys,
      new Date(times.modifiedAt.getTime() - weeks * 7 * dayMs - minutes * 60_000),
    );
    const password = servicePassword();
    const user = story.helpers.arrayElement(['kube', 'kubecfg', 'cluster', 'deployer', 'ops-k8s', 'viewer']);
    const cluster = story.helpers.arrayElement([
      `${persona.project}-prod`,
      'prod',
      'k3s-prod',
      `${persona.project}`,
      'production',
    ]);
    const choice = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
    const admin = choice(
      'admin',
      `${cluster}-admin`,
      persona.administrator.login,
      'cluster-admin',
      'default',
    );
    // Kubernetes takes no passwords since 1.19: only an old cluster, whose tool named its users so, has one.
    const other = choice('legacy', 'old', `${persona.project}-old`, 'k8s-old', 'lab', 'onprem');
    const basic = choice(`${other}-basic-auth`, `${other}-admin`, `admin-${other}`, 'basic', `${other}-pw`);
    // Most people keep the name that the cluster gave, kubeadm names user and cluster.
    const named = choice(
      (of: string) => of,
      (_of: string, as: string, on: string) => `${as}@${on}`,
    );
    const namespace = () => choice('', '', persona.project, 'default', 'production', 'monitoring');
    const { authority, certificate, key } = inBase64(material);
    const current = named(cluster, admin, cluster);
    const text = templates.text('kubeconfig/config.njk', {
      // kubectl sorts all three lists (client-go, tools/clientcmd/api/v1, conversion.go).
      clusters: byName([
        {
          name: cluster,
          server: `https://${urlHost(decoy.host)}${choice(':6443', ':6443', ':8443', '')}`,
          authority,
        },
        { name: other, server: decoyUrl(decoy), authority: '' },
      ]),
      contexts: byName([
        { name: current, cluster, user: admin, namespace: namespace() },
        { name: named(other, user, other), cluster: other, user: basic, namespace: namespace() },
      ]),
      users: byName([
        { name: admin, certificate, key },
        { name: basic, password, user },
      ]),
      current,
    });
    return {
      content: Buffer.from(text),
      secrets: [
        // In base64 in the file, as all PEM there.
        { label: 'client key', value: material.key.trim() },
        { label: 'password', value: password },
      ],
      logins: [{ service: 'http', user, password }],
    };
  },
};

function byName<Item extends { name: string }>(items: readonly Item[]): Item[] {
  return [...items].sort((one, other) => (one.name < other.name ? -1 : 1));
}

interface Material {
  /** Certificate of the authority that the API server is known by. */
  readonly authority: string;
  /** The administrator's certificate, below it that of the authority for clients. */
  readonly certificate: string;
  readonly key: string;
}

/**
 * What k3s makes when it starts for the first time (k3s, pkg/daemons/control/deps/deps.go): an authority for servers
 * and one for clients, both named after the second in which they were made, and the administrator, whose file holds
 * its authority too (createClientCertKey). Nothing is valid before its authority, for a year, an authority for ten.
 */
async function administrator(keys: KeyPool, installedAt: Date): Promise<Material> {
  const [server, issuer, client] = await Promise.all([keys.elliptic(), keys.elliptic(), keys.elliptic()]);
  const second = Math.floor(installedAt.getTime() / 1000);
  const years = (count: number) => ({
    from: new Date(second * 1000),
    to: new Date(second * 1000 + count * 365 * dayMs),
  });
  const nameOf = (role: string) => ({ CN: `k3s-${role}-ca@${second}` });
  const authority = (role: string, pair: KeyPair) =>
    clusterCertificate({
      subject: nameOf(role),
      issuer: nameOf(role),
      subjectKey: pair.publicKey,
      issuerKeys: pair,
      ...years(10),
      authority: true,
    });
  const certificate = clusterCertificate({
    subject: { O: 'system:masters', CN: 'system:admin' },
    issuer: nameOf('client'),
    subjectKey: client.publicKey,
    issuerKeys: issuer,
    ...years(1),
    authority: false,
  });
  return {
    authority: authority('server', server),
    certificate: `${certificate}${authority('client', issuer)}`,
    key: client.privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
  };
}

function inBase64({ authority, certificate, key }: Material) {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  return { authority: encoded(authority), certificate: encoded(certificate), key: encoded(key) };
}
