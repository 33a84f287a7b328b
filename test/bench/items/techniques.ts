import { fileURLToPath } from 'node:url';
import { readRuleBook } from '../../../src/attack/load-rules.js';
import { techniqueMatcher } from '../../../src/core/technique-matcher.js';
import { boundGoal } from '../goal.js';
import type { Item } from '../item.js';
import { labelledSet } from '../techniques/labelled-set.js';
import { type Score, scoreRules } from '../techniques/score.js';

const folder = fileURLToPath(new URL('../../../resources/attack', import.meta.url));
const percent = (part: number) => `${(part * 100).toFixed(1)} %`;

export const techniques: Item = {
  name: 'techniques',
  title: 'How well the rules name techniques',
  how: 'The rules of `resources/attack` over the labelled events of `test/bench/techniques/labelled`: command lines and other acts of intruders, administrators, developers and the system, each with the ATT&CK techniques that a person sees in it, or none. Every technique of every event counts once. The same hands wrote rules and events, and the rules (and three labels) were corrected by this set: before that precision was 93.8 % and recall 99.7 %. Expect less on events from elsewhere. The time is that of one event over all rules once the code is warm, the quickest of five, because what else runs on the machine only ever adds.',
  measure: async () => {
    const { attackVersion, techniques: table, rules } = await readRuleBook(folder);
    const match = techniqueMatcher(rules, table);
    const set = await labelledSet();
    const tacticsOf = (id: string) => table.get(id)?.tactics.map(({ name }) => name) ?? [];
    const { all, byTactic } = scoreRules({ attackVersion, match }, set, tacticsOf);
    const times = timesOf(
      set.map(
        ({ event }) =>
          () =>
            match(event),
      ),
    );
    const median = times[Math.floor(times.length / 2)];
    const rows = [...byTactic]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([name, score]) => row(name, score));
    return {
      tables: [
        {
          columns: ['tactic', 'expected', 'told', 'right', 'precision', 'recall'],
          rows: [row('**all**', all), ...rows],
        },
      ],
      goals: [
        boundGoal(
          'an event costs under 20 us (median)',
          median,
          { below: 20 },
          (us) => `${us.toFixed(1)} us`,
        ),
      ],
      notes: [
        `${set.length} events, ${set.filter(({ expected }) => expected.length === 0).length} of them with no technique; ${rules.length} rules for ${table.size} techniques of ATT&CK ${attackVersion}.`,
      ],
    };
  },
};

function row(name: string, { expected, told, right, precision, recall }: Score): string[] {
  return [name, String(expected), String(told), String(right), percent(precision), percent(recall)];
}

/** Microseconds of each, sorted. */
function timesOf(calls: readonly (() => unknown)[]): number[] {
  for (let round = 0; round < 10; round += 1) for (const call of calls) call();
  return calls
    .map((call) => Math.min(...[0, 1, 2, 3, 4].map(() => timeOf(call))))
    .sort((one, other) => one - other);
}

function timeOf(call: () => unknown): number {
  const start = process.hrtime.bigint();
  call();
  return Number(process.hrtime.bigint() - start) / 1000;
}
