import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditCatalogue } from '../../../src/core/audit-catalogue.js';

const actions = Object.keys(auditCatalogue);

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('audit-catalogue.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

describe('audit catalogue', () => {
  it('is what docs/audit.md lists, row by row', () => {
    const rows = readFileSync('docs/audit.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `') && !line.startsWith('| `phantom.'));
    expect(rows).toEqual(
      Object.entries(auditCatalogue).map(
        ([action, { kind, severity, meaning }]) => `| \`${action}\` | ${kind} | ${severity} | ${meaning} |`,
      ),
    );
  });

  it('has no action that nothing emits', () => {
    const all = sources('src').join('\n');
    for (const action of actions) expect(all, action).toContain(`'${action}'`);
  });
});
