import { describe, expect, it } from 'vitest';
import { softwareOf } from '../../../../src/decoy/host/software.js';

const debian12 = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';
const ubuntu24 = 'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n';

function installed(...packages: [name: string, version: string, status?: string][]): string {
  return packages
    .map(
      ([name, version, status = 'install ok installed']) =>
        `Package: ${name}\nStatus: ${status}\nVersion: ${version}\n`,
    )
    .join('\n');
}

describe('the software of the decoy', () => {
  it('is what the distribution ships', () => {
    expect(softwareOf(debian12).ssh).toMatch(/^OpenSSH_9\.2p1 Debian-2\+deb12u\d+$/);
    expect(softwareOf(ubuntu24)).toMatchObject({ redis: '7.0.15', http: 'nginx/1.24.0 (Ubuntu)' });
    expect(softwareOf('ID="rocky"\nVERSION_ID="9.4"\n').ssh).toBe('OpenSSH_8.7');
    expect(softwareOf('ID=debian\nVERSION_ID="13"\n').ssh).toMatch(/^OpenSSH_10\.0p2 Debian-7/);
  });

  it('is that of Debian 12 where the distribution is not known', () => {
    for (const unknown of ['', 'ID=arch\n', '\0\0', 'ID=debian\nVERSION_ID="99"'])
      expect(softwareOf(unknown)).toEqual(softwareOf(debian12));
  });

  it('has the versions of the packages that are installed', () => {
    const status = installed(
      ['openssh-client', '1:9.2p1-2+deb12u6'],
      ['postgresql-13', '13.1-1'],
      ['postgresql-15', '15.8-0+deb12u1'],
      ['redis-server', '5:7.0.15-1~deb12u1'],
      ['nginx', '1.22.1-9+deb12u3'],
    );
    expect(softwareOf(debian12, status)).toEqual({
      ssh: 'OpenSSH_9.2p1 Debian-2+deb12u6',
      postgres: '15.8 (Debian 15.8-0+deb12u1)',
      redis: '7.0.15',
      http: 'nginx/1.22.1',
    });
    const server = installed(['openssh-server', '1:9.6p1-3ubuntu13.5'], ['nginx', '1.24.0-2ubuntu7']);
    expect(softwareOf(ubuntu24, server)).toMatchObject({
      ssh: 'OpenSSH_9.6p1 Ubuntu-3ubuntu13.5',
      http: 'nginx/1.24.0 (Ubuntu)',
    });
  });

  it('goes by no package that was removed or has a strange version', () => {
    const status = installed(
      ['openssh-server', '1:1.0-1', 'deinstall ok config-files'],
      ['nginx', '1.0\x1b[31m-1'],
    );
    expect(softwareOf(debian12, status)).toEqual(softwareOf(debian12));
  });
});
