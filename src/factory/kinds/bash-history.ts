import { decoyVisits } from '../decoy-visits.js';
import { errandsTo, ordinaryCommands } from '../history-commands.js';
import { labelled } from '../secrets.js';
import { isTypable } from '../shell-words.js';
import { technician } from '../ssh-owner.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** What an administrator typed, passwords and all: it leads to the other traps and to the decoy. */
export const bashHistory: TrapKind = {
  name: 'bash-history',
  summary: 'command history of an administrator, with passwords typed on the command line',
  mode: readableByOwner,
  relativePath: () => '.bash_history',
  async make({ persona, path, times, decoy, neighbours }) {
    // Another session in every rotation, of the same habits and hosts.
    const story = storyteller(persona.seed, `history ${path} ${times.modifiedAt.getTime()}`);
    const { commands, secrets, logins } = decoyVisits(persona, decoy, technician(persona, path).login, story);
    const others = neighbours.filter((one) => one.path !== path && isTypable(one.path));
    const errands = story.helpers
      .shuffle([...commands, ...others.map((one) => errandsTo(one, story))])
      .flatMap((errand) => [...errand, ...ordinaryCommands(persona, story, story.number.int(6))]);
    const lines = [...ordinaryCommands(persona, story, story.number.int({ min: 8, max: 160 })), ...errands];
    if (story.datatype.boolean()) lines.push('exit');
    // With HISTTIMEFORMAT set, bash(1) puts the time of each command before it.
    const habit = storyteller(persona.seed, `history times ${path}`);
    const text = habit.datatype.boolean() ? timed(lines, times.modifiedAt, story.number.int) : lines;
    return { content: Buffer.from(`${text.join('\n')}\n`), secrets: labelled(secrets), logins };
  },
};

/** Each line with its time before it, the last at `end`, when the shell wrote the file. */
function timed(lines: readonly string[], end: Date, draw: (span: { min: number; max: number }) => number) {
  let second = Math.floor(end.getTime() / 1000);
  const backwards = [...lines].reverse().flatMap((line) => {
    const at = second;
    second -= draw({ min: 0, max: 9 }) === 0 ? draw({ min: 600, max: 200_000 }) : draw({ min: 1, max: 90 });
    return [line, `#${at}`];
  });
  return backwards.reverse();
}
