import type { RuleBook } from '../../src/attack/load-rules.js';

/** The table of `docs/techniques.md`: every technique with its tactics and how many rules name it. */
export function techniqueTable({ techniques, rules }: RuleBook): string {
  const rows = [...techniques.values()].map(({ id, name, tactics, formerly }) => {
    const count = rules.filter((rule) => rule.techniques.includes(id)).length;
    const was = formerly === undefined ? '' : ` (formerly ${formerly.join(', ')})`;
    return `| ${id} | ${name}${was} | ${tactics.map((tactic) => tactic.name).join(', ')} | ${count} |`;
  });
  return ['| id | technique | tactics | rules |', '| --- | --- | --- | --: |', ...rows].join('\n');
}
