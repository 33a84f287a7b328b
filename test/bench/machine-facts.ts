import { readFile, statfs } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { execa } from 'execa';
import { packageVersion } from '../../src/daemon/package-files.js';
import { dockerVersion } from './requirements.js';

/** What a figure depends on, in one line. */
export async function circumstances(folder: string, socketPath: string): Promise<string> {
  const load = loadavg().map((value) => value.toFixed(2));
  const processors = cpus();
  const docker = await dockerVersion(socketPath);
  const facts = [
    `phantomd ${packageVersion()}`,
    `${processors.length} x ${processors[0]?.model ?? 'unknown'}`,
    `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    await distribution(),
    `Linux ${release()}`,
    `bpftrace ${await bpftraceVersion()}`,
    `Node ${process.version}`,
    docker === undefined ? 'no Docker' : `Docker ${docker}`,
    await fileSystem(folder),
  ];
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return `Measured ${at}, load average ${load.join(', ')} before: ${facts.join('; ')}.`;
}

async function distribution(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?(.*?)"?$/m.exec(text)?.[1] ?? 'unknown';
}

async function bpftraceVersion(): Promise<string> {
  const { failed, stdout } = await execa('bpftrace', ['--version'], { reject: false, timeout: 10_000 });
  return failed ? 'none' : String(stdout).replace('bpftrace v', '');
}

/** Type and device of the mount that holds a folder (proc_pid_mountinfo(5)). */
async function fileSystem(folder: string): Promise<string> {
  let best = { point: '', text: 'unknown' };
  for (const line of (await readFile('/proc/self/mountinfo', 'utf8')).trimEnd().split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const point = left.split(' ')[4] ?? '';
    const [type, device] = right.split(' ');
    const holds = `${folder}/`.startsWith(point === '/' ? '/' : `${point}/`);
    if (holds && point.length >= best.point.length) best = { point, text: `${type} on ${device}` };
  }
  const { bsize, blocks } = await statfs(folder);
  return `${best.text}, ${((bsize * blocks) / 2 ** 30).toFixed(0)} GiB`;
}
