import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Requirement } from '../support/requirements.js';
import { clusterCertificates, internalCertificates, privateKeys } from './certificates.js';

/** Real files of a kind, made by its own program in `folder`. */
export interface Maker {
  readonly needs: readonly Requirement[];
  make(folder: string): Promise<Buffer[]>;
}

/** What the programs of credentials write; each with other values than any trap. */
export const credentialFiles: Readonly<Record<string, Maker>> = {
  'ansible-vault': {
    needs: ['ansible-vault'],
    make: async (folder) => {
      const [path, key] = [join(folder, 'vault.yml'), join(folder, 'key')];
      await writeFile(path, '---\nname: value\n');
      await writeFile(key, 'key\n');
      const env = { HOME: folder, LC_ALL: 'C.UTF-8' };
      await execa('ansible-vault', ['encrypt', '--vault-password-file', key, path], { env });
      return [await readFile(path)];
    },
  },
  'docker-config': {
    needs: ['docker command'],
    // Whatever the command line changes, it writes the whole file anew.
    make: async (folder) => {
      const path = join(folder, 'config.json');
      // Base64 ends with no sign, one or two.
      const auths = {
        'a.test': { auth: 'YTpi' },
        'b.test:5000': { auth: 'YTpiYw==' },
        'c.test': { auth: 'YTpiY2Q=' },
        'd.test': { auth: 'YTpi' },
      };
      await writeFile(path, JSON.stringify({ auths }));
      const docker = (...args: string[]) => execa('docker', ['--config', folder, 'context', ...args]);
      await docker('create', 'one', '--docker', 'host=unix:///nowhere');
      await docker('use', 'one');
      const withContext = await readFile(path);
      await docker('use', 'default');
      return [withContext, await readFile(path)];
    },
  },
  'gcp-service-account': {
    needs: ['openssl'],
    // The part of the file that differs: a key as it stands in JSON.
    make: async () => {
      const bits = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
      const { stdout } = await execa('openssl', ['genpkey', ...bits]);
      const file = { private_key: `${stdout}\n`, client_email: '' };
      return [Buffer.from(JSON.stringify(file, null, 2))];
    },
  },
  'git-credentials': {
    needs: ['git'],
    make: async (folder) => {
      const path = join(folder, 'credentials');
      for (const [protocol, host] of [
        ['http', 'forge.test:8080'],
        ['https', 'one.test'],
        ['https', 'two.test'],
      ])
        await execa('git', ['credential-store', `--file=${path}`, 'store'], {
          input: `protocol=${protocol}\nhost=${host}\nusername=name\npassword=value\n\n`,
        });
      return [await readFile(path)];
    },
  },
  'shadow-backup': {
    needs: ['root', 'perl', 'systemd-analyze'],
    // The accounts of base-passwd(7), those of systemd-sysusers, and those that useradd makes.
    make: async (folder) => {
      await mkdir(join(folder, 'etc'));
      for (const name of ['passwd', 'group'])
        await copyFile(`/usr/share/base-passwd/${name}.master`, join(folder, 'etc', name));
      await copyFile('/etc/login.defs', join(folder, 'etc/login.defs'));
      await execa('pwconv', ['--root', folder]);
      const sysusers = ['systemd-network', 'systemd-timesync', 'systemd-resolve'].map(
        (user) => `u ${user} -`,
      );
      await execa('systemd-sysusers', [`--root=${folder}`, '--inline', ...sysusers]);
      const { stdout: hash } = await execa('perl', [
        '-e',
        'print crypt("x", q($y$j9T$abcdefghijklmnopqrstu/$))',
      ]);
      // The system's own accounts have no password, people have one.
      for (const user of ['messagebus', 'sshd'])
        await execa('useradd', ['--prefix', folder, '-r', '-M', user]);
      for (const user of ['name', 'other'])
        await execa('useradd', ['--prefix', folder, '-M', '-p', hash, user]);
      const shadow = await readFile(join(folder, 'etc/shadow'), 'utf8');
      // As passwd(1) leaves it after root has set a password.
      return [Buffer.from(shadow.replace(/^root:[^:]*/, `root:${hash}`))];
    },
  },
  'tls-key': {
    needs: ['openssl'],
    make: async (folder) => [...(await privateKeys()), chain(await internalCertificates(folder))],
  },
  openvpn: {
    needs: ['openssl', 'openvpn'],
    // What stands between the tags; the tags and directives are listed.
    make: async (folder) => {
      const path = join(folder, 'static.key');
      await execa('openvpn', ['--genkey', 'secret', path]);
      return [...(await privateKeys()), chain(await internalCertificates(folder)), await readFile(path)];
    },
  },
  kubeconfig: {
    needs: ['openssl'],
    // Each in base64, as it stands in the file; the rest is listed.
    make: async (folder) => {
      const made = await Promise.all(
        [1, 2, 3].map(async () => clusterCertificates(await mkdtemp(join(folder, 'cluster-')))),
      );
      return made.flat().map((pem) => Buffer.from(pem.toString('base64')));
    },
  },
};

/** One after the other in a file, as a server wants them. */
function chain(certificates: readonly Buffer[]): Buffer {
  return Buffer.concat(certificates);
}
