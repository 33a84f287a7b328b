import { decoyUrl, urlHost } from '../decoy-url.js';
import { clusterCertificate } from '../forms/cluster-certificate.js';
import { servicePassword } from '../forms/service-password.js';
import type { KeyPool } from '../key-pool.js';
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
    const issued = new Date(
      times.modifiedAt.getTime() - story.number.int({ min: 1, max: 20 * 1440 }) * 60_000,
    );
    const material = await administrator(keys, issued, story.number.int({ min: 2, max: 10 }));
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
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

async function administrator(keys: KeyPool, issued: Date, years: number): Promise<Material> {
  const [root, client] = await Promise.all([keys.elliptic(), keys.elliptic()]);
  // k3s names its authorities after the second in which they were made.
  const founded = new Date(Math.floor(issued.getTime() / 1000) * 1000 - 30 * dayMs);
  const issuer = (role: string) => ({ CN: `k3s-${role}-ca@${founded.getTime() / 1000}` });
  const until = (from: Date, count: number) => new Date(from.getTime() + count * 365 * dayMs);
  const authority = { issuerKeys: root, issuer: issuer('server'), from: founded };
  return {
    authority: clusterCertificate({
      ...authority,
      subject: authority.issuer,
      subjectKey: root.publicKey,
      to: until(founded, 10),
      authority: true,
    }),
    certificate: clusterCertificate({
      ...authority,
      subject: { O: 'system:masters', CN: 'system:admin' },
      subjectKey: client.publicKey,
      from: issued,
      to: until(issued, years),
      authority: false,
    }),
    key: client.privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
  };
}

function inBase64({ authority, certificate, key }: Material) {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  return { authority: encoded(authority), certificate: encoded(certificate), key: encoded(key) };
}
