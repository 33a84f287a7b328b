import type { TechniqueMatch } from '../core/technique.js';

/**
 * ECS `threat.*`: techniques and tactics. ECS keeps sub-techniques apart: `T1552.001` has the technique
 * `T1552`, whose own name its rule does not tell.
 */
export function ecsThreat(matches: readonly TechniqueMatch[]): object {
  const techniques = matches.map(({ technique }) => technique);
  const subtechniques = techniques.filter(({ id }) => id.includes('.'));
  const names = techniques.filter(({ id }) => !id.includes('.')).map(({ name }) => name);
  const tactics = techniques.flatMap((technique) => technique.tactics);
  return {
    threat: {
      framework: 'MITRE ATT&CK',
      technique: {
        id: unique(techniques.map(({ id }) => id.replace(/\..*$/, ''))),
        ...(names.length > 0 && { name: unique(names) }),
        ...(subtechniques.length > 0 && {
          subtechnique: {
            id: unique(subtechniques.map(({ id }) => id)),
            name: unique(subtechniques.map(({ name }) => name)),
          },
        }),
      },
      ...(tactics.length > 0 && {
        tactic: { id: unique(tactics.map(({ id }) => id)), name: unique(tactics.map(({ name }) => name)) },
      }),
    },
  };
}

/** `phantom.techniques[]`: each with the rule that said so. */
export function techniqueFields(matches: readonly TechniqueMatch[]): object {
  return {
    techniques: matches.map(({ technique, rule }) => ({
      id: technique.id,
      name: technique.name,
      rule,
    })),
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
