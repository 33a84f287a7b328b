import { execa } from 'execa';
import { lineMark, type Report } from './guest/report.js';
import type { Image } from './image.js';

const timeLimitMs = 3_600_000;

/**
 * Boots the image in a machine emulated in software, at low priority, and gives out what the tests
 * in it report. Its end is the machine's restart; `-no-reboot` makes that the end of QEMU.
 */
export async function* runMachine({ kernel, initramfs }: Image): AsyncGenerator<Report> {
  const machine = ['-M', 'q35', '-accel', 'tcg', '-cpu', 'max', '-smp', '1', '-m', '3000'];
  const silence = ['-nodefaults', '-display', 'none', '-serial', 'stdio', '-no-reboot'];
  const boot = ['-kernel', kernel, '-initrd', initramfs, '-append', 'console=ttyS0 panic=-1 rdinit=/init'];
  const qemu = execa('nice', ['-n', '10', 'qemu-system-x86_64', ...machine, ...silence, ...boot], {
    stdin: 'ignore',
    buffer: false,
    timeout: timeLimitMs,
  });
  for await (const line of qemu.iterable()) {
    const mark = line.indexOf(lineMark);
    if (mark >= 0) yield JSON.parse(line.slice(mark + lineMark.length)) as Report;
    else process.stderr.write(`${line}\n`);
  }
}
