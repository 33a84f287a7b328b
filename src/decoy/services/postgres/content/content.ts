import { base, de, en, Faker, ru } from '@faker-js/faker';
import type { DecoyStory } from '../../../../core/decoy/decoy-story.js';
import { tablesOf, type Value } from './tables.js';

/** What stands in the database of the story: one script, the same for the same story. */
export function contentOf(story: DecoyStory): string {
  const locales = { en: [en, base], de: [de, en, base], ru: [ru, en, base] };
  const faker = new Faker({ locale: locales[story.locale], seed: story.seed });
  return tablesOf(story, faker)
    .map(({ definition, name, rows }) => [definition, ...insertsOf(name, rows)].join('\n'))
    .join('\n');
}

/** Many rows a statement: the engine parses each. */
function insertsOf(table: string, rows: readonly (readonly Value[])[]): string[] {
  if (rows.length === 0) return [];
  const values = rows.map((row) => `(${row.map(literal).join(', ')})`);
  const keyed = typeof rows[0]?.[0] === 'number';
  return [
    `INSERT INTO ${table} VALUES ${values.join(',\n')};`,
    ...(keyed ? [`SELECT setval(pg_get_serial_sequence('${table}', 'id'), ${rows.length});`] : []),
  ];
}

function literal(value: Value): string {
  if (value === null) return 'NULL';
  if (value instanceof Date) return `'${value.toISOString()}'`;
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return String(value);
}
