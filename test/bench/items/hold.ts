import { heldMs, usedEarly } from '../../hold/attempt.js';
import { columnNamed } from '../../hold/containments.js';
import { compileProgram } from '../../hold/programs.js';
import { Scene } from '../../hold/scene.js';
import { boundGoal } from '../goal.js';
import type { Item } from '../item.js';
import { progress } from '../progress.js';
import { requireRoot } from '../requirements.js';
import { highest, median, quantile } from '../statistics.js';

const count = 300;

export const hold: Item = {
  name: 'hold',
  title: 'How long an inspected reader stands still',
  how: `A program opens a trap and reads it, ${count} processes one after the other, run by nobody: each is stopped in the kernel at the open, looked at, and let go by the daemon. By the clock of the reader itself, from before the \`open\` until it returned.`,
  async measure(workspace) {
    requireRoot();
    const program = await compileProgram('attempts', await workspace.folder('program'));
    const rows: string[][] = [];
    let middle: number | undefined;
    for (const name of ['inspect', 'fanotify-inspect']) {
      progress(`hold: ${name}`);
      const column = columnNamed(name);
      const scene = await Scene.open(column);
      const attempts = await scene.attack(program, 'plain', count).finally(() => scene.close());
      const held = attempts.map(heldMs).filter((one) => one !== undefined);
      middle ??= held.length === count ? median(held) : undefined;
      const cells = held.length > 0 ? [median(held), quantile(held, 0.95), highest(held)] : [];
      rows.push([
        column.sensor,
        `${held.length} of ${count}`,
        ...cells.map((value) => `${value.toFixed(1)} ms`),
        `${attempts.filter(usedEarly).length}`,
      ]);
    }
    return {
      tables: [{ columns: ['sensor', 'stopped', 'median', 'p95', 'longest', 'used a byte before'], rows }],
      goals: [boundGoal('a median under 25 ms', middle, { below: 25 }, (value) => `${value.toFixed(1)} ms`)],
    };
  },
};
