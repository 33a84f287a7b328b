import { findProgram } from '../../src/sensor/find-program.js';

/** Debian package of each program that is needed to build and boot the machine. */
const packageOf = {
  'qemu-system-x86_64': 'qemu-system-x86',
  mmdebstrap: 'mmdebstrap',
  cpio: 'cpio',
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
};

/** @throws when a program is missing, naming what to install */
export function requireTools(): void {
  const missing = Object.entries(packageOf)
    .filter(([program]) => findProgram(program, process.env.PATH ?? '') === undefined)
    .map(([, name]) => name);
  if (missing.length > 0) throw new Error(`missing: apt-get install ${missing.join(' ')}`);
  if (process.getuid?.() !== 0) throw new Error('a root file system can only be built by root');
}
