/** A version of Debian's packages in its parts (deb-version(7)), without the epoch. */
export interface PackageVersion {
  readonly upstream: string;
  /** Empty for a native package. */
  readonly revision: string;
}

const plain = /^[A-Za-z0-9.+~-]{1,64}$/;

/** Versions of the packages that are installed, by name, from the content of dpkg's status file. */
export function installedVersions(dpkgStatus: string): ReadonlyMap<string, PackageVersion> {
  const versions = new Map<string, PackageVersion>();
  for (const paragraph of dpkgStatus.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}: *(.*)$`, 'm').exec(paragraph)?.[1] ?? '';
    if (!paragraph.includes('\nStatus: install ok installed')) continue;
    const version = field('Version').replace(/^\d+:/, '');
    // It is shown to visitors as it is.
    if (!plain.test(version)) continue;
    const dash = version.lastIndexOf('-');
    versions.set(field('Package'), {
      upstream: dash < 0 ? version : version.slice(0, dash),
      revision: dash < 0 ? '' : version.slice(dash + 1),
    });
  }
  return versions;
}
