import { renderTable } from '../bench/table.js';
import { columns, descriptions, type Way, ways } from './containments.js';
import type { Results } from './results.js';
import type { Tally } from './tally.js';

const intro = `# What containment holds

Written by \`make hold\` (as root) from attempts that were made for real, under a daemon with that
setting; do not edit. Every attempt is a process of its own, run by nobody, that tries to use a byte
of a trap before it is stopped. What it got is counted at the moment when the whole process stands
still, or at its end: after \`inspect\` let it go on, reading is meant to succeed.

- **in memory**: a byte had arrived in the process's memory, and it could do nothing with it.
  Memory that it shares with another process is the exception: that one can read it there.
- **out**: a byte was written to a pipe, or one instruction was run with it: the attempt won.
- **held**: from before the \`open\` until it returned, by the clock of the attempt itself.
- **on record**: processes with a record of their own. These attempts are a flood, of which the rest is told in
  sum; and under \`freeze\` each is killed once it stands still, mostly before the daemon has looked.`;

/** The whole document; the same results give the same bytes. */
export function renderDocument(results: Results): string {
  const parts = [
    intro,
    '## The attempts',
    ways.map((way) => `- **${way}** ${descriptions[way]}`).join('\n'),
    ...columns.flatMap((column) => {
      const found = results.get(column.name);
      const title = `## \`${column.containment}\` with the ${column.sensor} sensor`;
      if (!found) return [title, 'Not run.'];
      const rows = ways.flatMap((way) => (found.ways[way] ? [row(way, found.ways[way])] : []));
      return [title, `Linux ${found.kernel}.`, renderTable({ columns: head, rows })];
    }),
  ];
  return `${parts.join('\n\n')}\n`;
}

const head = ['attempt', 'attempts', 'became', 'in memory', 'out', 'held median', 'held p95', 'on record'];

function row(way: Way, tally: Tally): string[] {
  const { attempts, memory, published, heldMs, onRecord } = tally;
  return [
    way,
    count(attempts),
    became(tally),
    count(memory),
    published === 0 ? '**0**' : `${count(published)} (${percent(published / attempts)})`,
    heldMs ? `${heldMs.median} ms` : '',
    heldMs ? `${heldMs.p95} ms` : '',
    count(onRecord),
  ];
}

/** What was done to them, in words; the rest went through. */
function became({ outcomes, stopped, attempts }: Tally): string {
  const { killed = 0, refused = 0, stuck = 0, failed = 0 } = outcomes;
  const through = attempts - stopped - killed - refused - stuck - failed;
  const parts = [
    [stopped, 'stopped'],
    [killed, 'killed'],
    [refused, 'refused'],
    [stuck, 'stuck for 5 s'],
    [failed, 'failed'],
    [through, 'not stopped'],
  ] as const;
  return parts.flatMap(([number, word]) => (number > 0 ? [`${count(number)} ${word}`] : [])).join(', ');
}

const count = (value: number) => value.toLocaleString('en-US');

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(fraction < 0.1 ? 2 : 0)} %`;
}
