import { type Drill, type DrillOutcome, drill } from '../../hold/drill.js';
import { compileProgram } from '../../hold/programs.js';
import { boundGoal } from '../goal.js';
import type { Item } from '../item.js';
import { progress } from '../progress.js';
import { requireRoot } from '../requirements.js';
import { highest } from '../statistics.js';

const files = 2000;

type Setting = Omit<Drill, 'program' | 'files'>;

const styles = ['overwrite', 'copy', 'rename'] as const;
const teams = [
  { workers: 1, kind: 'threads' },
  { workers: 4, kind: 'threads' },
  { workers: 4, kind: 'processes' },
] as const;

const sorted: readonly Setting[] = (['kill', 'freeze'] as const).flatMap((onTamper) =>
  styles.flatMap((style) => teams.map((team) => ({ onTamper, style, order: 'sorted' as const, ...team }))),
);
const otherOrders: readonly Setting[] = (['reverse', 'listed'] as const).flatMap((order) =>
  styles.map((style) => ({ onTamper: 'kill' as const, style, order, workers: 4, kind: 'threads' as const })),
);

export const ransomware: Item = {
  name: 'ransomware',
  title: 'Files that ransomware gets before it is stopped',
  how: `A folder with ${files.toLocaleString('en-US')} files of 1 to 40 KB and three traps as the daemon plants them: \`.env\` sorts first, \`passwords.txt\` in the middle, \`salary_YYYY.docx\` last. A program of C, run by root, encrypts it for real: in place (overwrite), by reading, writing another file and removing the first (copy), or by renaming first (rename). Readers are only observed: \`response.on_tamper\` alone answers. Each row is one drill. A file is lost when it is gone or not as it was. The time is from the first touch of a trap to the last step of any of its workers, by their own clock. As readdir(3) lists them, ext4 gives files in no order: what is lost before the first trap is luck.`,
  async measure(workspace) {
    requireRoot();
    const program = await compileProgram('ransomware', await workspace.folder('program'));
    const rows: { readonly setting: Setting; readonly outcome: DrillOutcome }[] = [];
    for (const setting of [...sorted, ...otherOrders]) {
      progress(`ransomware: ${nameOf(setting)}`);
      rows.push({ setting, outcome: await drill({ ...setting, program, files }) });
    }
    const ordered = rows.filter(({ setting }) => setting.order !== 'listed').map(({ outcome }) => outcome);
    return {
      tables: [
        {
          columns: [
            'drill',
            'files lost',
            'of them after the first trap was touched',
            'from there to standstill',
            'stopped',
          ],
          rows: rows.map(({ setting, outcome }) => [
            nameOf(setting),
            `${outcome.lost}`,
            `${outcome.lostAfterTrap}`,
            outcome.toStandstillMs === undefined ? '-' : milliseconds(outcome.toStandstillMs),
            outcome.isFinished ? '**no**' : 'yes',
          ]),
        },
      ],
      goals: [
        boundGoal(
          'under 0.3 % of the files lost, taken by name',
          highest(ordered.map(({ lost }) => lost / files)),
          { below: 0.003 },
          (value) => `${(value * 100).toFixed(2)} %`,
        ),
        boundGoal(
          'under 0.5 s to standstill',
          highest(rows.map(({ outcome }) => outcome.toStandstillMs ?? Number.POSITIVE_INFINITY)),
          { below: 500 },
          milliseconds,
        ),
      ],
    };
  },
};

function nameOf({ style, order, workers, kind, onTamper }: Setting): string {
  const team = workers === 1 ? 'alone' : `${workers} ${kind}`;
  return `${style}, ${order === 'listed' ? 'as listed' : order}, ${team}, ${onTamper}`;
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}
