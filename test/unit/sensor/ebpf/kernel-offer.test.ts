import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fieldNames, readKernelOffer } from '../../../../src/sensor/ebpf/kernel-offer.js';

describe('kernel offer', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phantom-kernel-offer-'));
    await put('btf', '');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function put(name: string, text: string): Promise<void> {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }

  const wanted = [
    ['filelock', 'posix_lock_inode'],
    ['iomap', 'iomap_dio_rw_begin'],
  ] as const;
  const read = () =>
    readKernelOffer(wanted, [join(folder, 'none'), join(folder, 'tracefs')], join(folder, 'btf'));

  it('finds the field names of a format file', () => {
    const format =
      'name: x\nformat:\n\tfield:unsigned long i_ino;\toffset:8;\tsize:8;\n\tfield:dev_t s_dev;\toffset:16;\n' +
      '\tfield:char comm[16];\n\tfield:__data_loc char[] name;\n\nprint fmt: "field:no;"';
    expect(fieldNames(format)).toEqual(new Set(['i_ino', 's_dev', 'comm', 'name']));
  });

  it('knows the fields of the tracepoints that are there', async () => {
    await put('tracefs/events/syscalls/enable', '0');
    await put('tracefs/events/filelock/posix_lock_inode/format', '\tfield:loff_t fl_start;\n');
    const offer = await read();
    expect(offer.fields('filelock', 'posix_lock_inode')).toEqual(new Set(['fl_start']));
    expect(offer.fields('iomap', 'iomap_dio_rw_begin')).toBeUndefined();
  });

  it('counts on kernel functions only where kprobes are built in', async () => {
    await put('tracefs/events/syscalls/enable', '0');
    await put('tracefs/available_filter_functions', 'security_file_open\nsome_fn [module]\n');
    expect((await read()).kernelFunctions.has('security_file_open')).toBe(false);
    await put('tracefs/kprobe_events', '');
    const offer = await read();
    expect(offer.kernelFunctions.has('security_file_open')).toBe(true);
    expect(offer.kernelFunctions.has('some_fn')).toBe(true);
  });

  it('says that tracefs is not mounted, or that the kernel has no type information', async () => {
    await expect(read()).rejects.toThrow('mount -t tracefs');
    await rm(join(folder, 'btf'));
    await expect(read()).rejects.toThrow('no BTF');
  });
});
