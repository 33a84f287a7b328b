import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Report } from './guest/report.js';
import { buildImage } from './image.js';
import { runMachine } from './machine.js';
import { requireTools } from './tools.js';

/** Kernels that Debian 12 has: its own, without page cache tracepoints, and a later one with them. */
const kernelPackages = ['linux-image-cloud-amd64', 'linux-image-6.12-cloud-amd64'];

/** Runs the sensor on other kernels than the host's; the arguments are kernel packages. */
async function main(chosen: readonly string[]): Promise<boolean> {
  requireTools();
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'phantom-files', 'kernels');
  let passed = true;
  for (const kernelPackage of chosen.length > 0 ? chosen : kernelPackages) {
    const image = await buildImage(cache, kernelPackage);
    print(`\n${kernelPackage}: ${image.kernel.replace(/^.*vmlinuz-/, '')}`);
    passed = (await judge(runMachine(image))) && passed;
  }
  return passed;
}

/** Prints the table of one machine as it comes; true when all is well and nothing is missing. */
async function judge(reports: AsyncIterable<Report>): Promise<boolean> {
  let finished = false;
  let faults = 0;
  for await (const report of reports) {
    print(lineOf(report));
    finished ||= report.about === 'finished';
    if (report.about === 'failed' || (report.about === 'route' && report.complaints.length > 0)) faults += 1;
  }
  if (!finished) print('FAIL the machine ended before its tests did');
  return finished && faults === 0;
}

function lineOf(report: Report): string {
  switch (report.about) {
    case 'armed':
      return `     armed in ${report.armSeconds.toFixed(1)} s (hooks chosen in ${report.planSeconds.toFixed(1)} s), hooks: ${report.hooks}\n     ${report.detail}`;
    case 'route': {
      const verdict = report.complaints.length === 0 ? 'ok  ' : 'FAIL';
      return `${verdict} ${report.route.padEnd(22)} ${report.seen.padEnd(12)} ${report.complaints.join('; ')}`;
    }
    case 'failed':
      return `FAIL ${report.reason}`;
    case 'finished':
      return '     finished';
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2)).then(
  (passed) => {
    process.exitCode = passed ? 0 : 1;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
