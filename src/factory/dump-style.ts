import { randomInt } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { sqlTime } from './account-rows.js';

/** A column as pg_dump writes it into CREATE TABLE, and what stands in it. */
export interface DumpColumn<Row> {
  readonly name: string;
  readonly type: string;
  valueIn(row: Row): string;
}

/** How an application names and types what is in all its tables. */
export class DumpStyle {
  readonly #story: Faker;
  readonly #keys: 'id' | 'own' | 'nr';
  readonly text: string;
  readonly time: string;
  readonly #withZone: boolean;
  readonly #withFraction: boolean;
  readonly created: string;
  readonly #hasDefault: boolean;
  readonly #isPlural: boolean;

  constructor(story: Faker) {
    this.#story = story;
    this.#keys = story.helpers.arrayElement(['id', 'id', 'own', 'nr'] as const);
    this.text = story.helpers.arrayElement(['text', 'character varying(255)', 'character varying']);
    this.#withZone = story.datatype.boolean();
    this.#withFraction = story.datatype.boolean();
    this.time = `timestamp ${this.#withZone ? 'with' : 'without'} time zone`;
    this.created = story.helpers.arrayElement([
      'created_at',
      'created',
      'inserted_at',
      'created_on',
      'since',
    ]);
    this.#hasDefault = story.datatype.boolean();
    this.#isPlural = story.datatype.boolean({ probability: 0.6 });
  }

  oneOf<Choice>(...choices: Choice[]): Choice {
    return this.#story.helpers.arrayElement(choices);
  }

  /** A name of a table: in the plural throughout, or in the singular. */
  table(plural: readonly string[], singular: readonly string[]): string {
    return this.#story.helpers.arrayElement(this.#isPlural ? plural : singular);
  }

  /** Some of the columns that a table may do without, and all others, in an order of this application. */
  arranged<Row>(columns: readonly DumpColumn<Row>[], without: readonly DumpColumn<Row>[]): DumpColumn<Row>[] {
    const some = without.filter(() => this.#story.datatype.boolean({ probability: 0.6 }));
    return this.#story.helpers.shuffle([...columns, ...some]);
  }

  keyOf(table: string): string {
    if (this.#keys === 'own') return `${table.replace(/s$/, '')}_id`;
    return this.#keys;
  }

  get timeOfMaking(): string {
    return `${this.time}${this.#hasDefault ? ' DEFAULT now()' : ''} NOT NULL`;
  }

  /** A time of this column type; PostgreSQL drops zeros at the end of a fraction. */
  stamp(date: Date): string {
    const fraction = this.#withFraction
      ? `.${String(randomInt(100_000)).padStart(5, '0')}${randomInt(1, 10)}`
      : '';
    return `${sqlTime(date)}${fraction}${this.#withZone ? '+00' : ''}`;
  }
}
