import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Puts a program named bpftrace in front of the real one; gives the environment to start with. */
export async function fakeBpftrace(folder: string, script: string): Promise<Record<string, string>> {
  const bin = join(folder, 'fake-bin');
  await mkdir(bin, { recursive: true });
  const text = `#!/usr/bin/env node
if (process.argv.includes('--version')) { console.log('bpftrace v0.17.0'); process.exit(0); }
${script}
`;
  await writeFile(join(bin, 'bpftrace'), text);
  await chmod(join(bin, 'bpftrace'), 0o755);
  return { PATH: `${bin}:${process.env.PATH}` };
}
