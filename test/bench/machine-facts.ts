import { readFile, statfs } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { execa } from 'execa';
import { packageVersion } from '../../src/daemon/package-files.js';
import { dockerVersion } from './requirements.js';
import type { Table } from './table.js';

/** What a figure depends on. */
export async function machineFacts(folder: string, socketPath: string): Promise<Table> {
  const load = loadavg().map((value) => value.toFixed(2));
  const processors = cpus();
  return {
    columns: ['what', 'here'],
    rows: [
      ['phantomd', packageVersion()],
      ['measured at', new Date().toISOString().replace(/\.\d+Z$/, 'Z')],
      ['load average before', load.join(', ')],
      ['processor', `${processors.length} x ${processors[0]?.model ?? 'unknown'}`],
      ['memory', `${(totalmem() / 2 ** 30).toFixed(1)} GiB`],
      ['distribution', await distribution()],
      ['kernel', release()],
      ['bpftrace', await bpftraceVersion()],
      ['Node', process.version],
      ['Docker engine', (await dockerVersion(socketPath)) ?? 'none'],
      ['file system of log and traps', await fileSystem(folder)],
    ],
  };
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
