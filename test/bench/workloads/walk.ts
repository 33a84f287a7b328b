import { execa } from 'execa';
import { Missing } from '../item.js';
import type { Workload } from './workload.js';

const root = '/usr';
const mostFiles = 40_000;

/** Reads one byte of every file, as deep as keeps it within `mostFiles`. No trap is below /usr. */
export const walk: Workload = {
  title: 'find -exec head -c1',
  runs: 1,
  async prepare() {
    const depth = await deepest();
    const every = [root, '-xdev', '-maxdepth', String(depth), '-type', 'f'];
    const args = [...every, '-exec', 'head', '-qc1', '{}', '+'];
    return {
      reset: async () => {},
      run: async () => {
        // Files that go away meanwhile make it fail, and no difference.
        await execa('find', args, { reject: false, stdio: 'ignore' });
      },
    };
  },
};

async function deepest(): Promise<number> {
  const { stdout } = await execa('find', [root, '-xdev', '-type', 'f', '-printf', '%d\n'], { reject: false });
  const counts: number[] = [];
  for (const depth of stdout.split('\n').map(Number)) counts[depth] = (counts[depth] ?? 0) + 1;
  let files = 0;
  let depth = 0;
  while (depth + 1 < counts.length && files + (counts[depth + 1] ?? 0) <= mostFiles) {
    depth += 1;
    files += counts[depth] ?? 0;
  }
  if (files === 0) throw new Missing(`no files below ${root}`);
  return depth;
}
