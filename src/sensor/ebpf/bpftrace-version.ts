import { execa } from 'execa';
import { SensorUnavailable } from '../../core/ports/sensor.js';
import { printableText } from '../../core/printable.js';

/** Oldest version whose dialect the scripts are written in (Debian 12 ships it). */
const floor = { major: 0, minor: 17 };

/**
 * The installed version, such as `0.17.0`.
 * @throws SensorUnavailable when bpftrace is missing, broken or too old
 */
export async function requireBpftrace(command: string): Promise<string> {
  const result = await execa(command, ['--version'], { reject: false, timeout: 10_000, stdin: 'ignore' });
  if (result.code === 'ENOENT')
    throw new SensorUnavailable(`${command} is not installed: install the package bpftrace`);
  const [, version, major, minor] =
    /v?((\d+)\.(\d+)(?:\.\d+)?)/.exec(typeof result.stdout === 'string' ? result.stdout : '') ?? [];
  if (result.failed || version === undefined)
    throw new SensorUnavailable(
      `${command} --version does not work: ${printableText((result.stderr || result.shortMessage || '').slice(0, 200))}`,
    );
  if (Number(major) === floor.major && Number(minor) < floor.minor)
    throw new SensorUnavailable(`bpftrace ${version} is too old, ${floor.major}.${floor.minor} is needed`);
  return version;
}
