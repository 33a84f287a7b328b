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
    const user = story.helpers.arrayElement([
      'k8s-readonly',
      'dashboard',
      'kube-ops',
      'cluster-ro',
      'monitoring',
    ]);
    const cluster = story.helpers.arrayElement([
      `${persona.project}-prod`,
      'prod',
      'k3s-prod',
      `${persona.project}`,
      'production',
    ]);
    const text = templates.text('kubeconfig/config.njk', {
      ...inBase64(material),
      decoy,
      password,
      user,
      cluster,
      admin: story.helpers.arrayElement([
        'admin',
        `${cluster}-admin`,
        `${persona.administrator.login}`,
        'cluster-admin',
      ]),
      other: story.helpers.arrayElement(['legacy', 'staging', 'dashboard', `${persona.project}-test`, 'lab']),
      namespace:
        story.helpers.maybe(() => story.helpers.arrayElement([persona.project, 'default', 'production'])) ??
        '',
      port: story.helpers.arrayElement([6443, 6443, 8443]),
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
