import type { Exemption } from '../core/exemption.js';
import type { RulePath } from './exempt-path.js';

/** Whether a rule can hold at all, and the sentence that tells why, or what it means. */
export interface RuleState {
  readonly name: 'holds' | 'rests' | 'refused';
  readonly what: string;
}

export function stateOfRule(rule: Exemption, at: (path: string) => RulePath): RuleState {
  const { executable, sha256, parents = [] } = rule;
  for (const path of [executable, ...parents]) {
    const { now } = at(path);
    if (now.state === 'refused') return { name: 'refused', what: now.reason };
    if (now.state === 'missing') return { name: 'rests', what: now.reason };
  }
  const { now } = at(executable);
  if (now.state !== 'trusted') return { name: 'rests', what: executable };
  if (sha256 !== undefined && now.sha256 !== sha256) {
    const is = now.sha256 === undefined ? `has none: ${now.notHashed ?? 'unreadable'}` : `is ${now.sha256}`;
    return { name: 'refused', what: `the sha256 of ${executable} ${is}, the rule wants ${sha256}` };
  }
  return {
    name: 'holds',
    what: now.realPath === executable ? executable : `${executable} is ${now.realPath}`,
  };
}
