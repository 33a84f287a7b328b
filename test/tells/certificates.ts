import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** What is asked of openssl for one certificate. */
interface Request {
  readonly name: string;
  readonly subject: string;
  /** Lines of a section of extensions, in their order. */
  readonly extensions: readonly string[];
  /** Name of the authority; without it the certificate signs itself. */
  readonly authority?: string;
  readonly serial?: string;
  /** How texts of a name are stored (`string_mask` of openssl-req(1)). */
  readonly mask?: 'utf8only' | 'default';
}

const openssl = (args: readonly string[]) => execa('openssl', args);

/** A private key of each form that openssl writes. */
export async function privateKeys(): Promise<Buffer[]> {
  const [rsa, curve] = [
    ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'],
    ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  ];
  const forms = [
    ['genpkey', ...(rsa ?? [])],
    ['genpkey', ...(curve ?? [])],
    ['genrsa', '-traditional', '3072'],
    ['ecparam', '-name', 'prime256v1', '-genkey', '-noout'],
  ];
  const made = await Promise.all(forms.map((form) => openssl(form)));
  return made.map(({ stdout }) => Buffer.from(`${stdout}\n`));
}

/** A certificate on the curve P-256 as openssl makes it, PEM; key and certificate stay in `folder`. */
export async function certificateBy(folder: string, request: Request): Promise<Buffer> {
  const { name, subject, extensions, authority, serial, mask = 'utf8only' } = request;
  const at = (ending: string, of = name) => join(folder, `${of}.${ending}`);
  const settings = [
    '[req]',
    'distinguished_name = none',
    `string_mask = ${mask}`,
    '[none]',
    '[ext]',
    ...extensions,
  ];
  await writeFile(at('cnf'), `${settings.join('\n')}\n`);
  await openssl(['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at('key')]);
  await openssl([
    'req',
    '-new',
    '-utf8',
    '-config',
    at('cnf'),
    '-key',
    at('key'),
    '-subj',
    subject,
    '-out',
    at('csr'),
  ]);
  const signer = authority
    ? ['-CA', at('crt', authority), '-CAkey', at('key', authority)]
    : ['-signkey', at('key')];
  const number = serial ? ['-set_serial', serial] : authority ? ['-CAcreateserial'] : [];
  const ext = ['-extfile', at('cnf'), '-extensions', 'ext', '-days', '3650', '-sha256'];
  await openssl(['x509', '-req', '-in', at('csr'), ...signer, ...number, ...ext, '-out', at('crt')]);
  return readFile(at('crt'));
}

/** Roots and what they signed, with names of several lengths, which move all that follows them. */
export async function internalCertificates(folder: string): Promise<Buffer[]> {
  const made: Buffer[] = [];
  for (const [index, name] of ['ca one', 'ca three', 'an authority', 'other root'].entries()) {
    const authority = `root${index}`;
    const root = [
      'basicConstraints = critical, CA:true',
      'subjectKeyIdentifier = hash',
      'keyUsage = critical, keyCertSign, cRLSign',
    ];
    made.push(await certificateBy(folder, { name: authority, subject: `/CN=${name}`, extensions: root }));
    const leaf = [
      'basicConstraints = CA:false',
      'subjectKeyIdentifier = hash',
      'keyUsage = digitalSignature',
    ];
    const subject = `/O=${name}/CN=leaf${index}`;
    made.push(await certificateBy(folder, { name: `leaf${index}`, subject, extensions: leaf, authority }));
    const counted = { name: `counted${index}`, subject, extensions: leaf, authority, serial: '0x1234' };
    made.push(await certificateBy(folder, counted));
  }
  return made;
}

/** The authorities of k3s and its administrator, with the names and extensions that k3s gives them, by openssl. */
export async function clusterCertificates(folder: string): Promise<Buffer[]> {
  const authorityFor = (name: string) =>
    certificateBy(folder, {
      name,
      subject: `/CN=k3s-${name}-ca@1712345678`,
      extensions: [
        'keyUsage = critical, digitalSignature, keyEncipherment, keyCertSign',
        'basicConstraints = critical, CA:true',
        'subjectKeyIdentifier = hash',
      ],
      serial: '0x0',
    });
  const [server, issuer] = await Promise.all([authorityFor('server'), authorityFor('client')]);
  const client = await certificateBy(folder, {
    name: 'admin',
    subject: '/O=system:masters/CN=system:admin',
    extensions: [
      'keyUsage = critical, digitalSignature, keyEncipherment',
      'extendedKeyUsage = clientAuth',
      'subjectKeyIdentifier = none',
      'authorityKeyIdentifier = keyid:always',
    ],
    authority: 'client',
    serial: `0x${BigInt.asUintN(63, randomBytes(8).readBigUInt64BE()).toString(16)}`,
    mask: 'default',
  });
  return [server, Buffer.concat([client, issuer]), await readFile(join(folder, 'admin.key'))];
}
