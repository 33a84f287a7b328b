import type { Faker } from '@faker-js/faker';
import type { Pay } from './pay.js';
import type { Locale } from './persona.js';
import type { Phrases } from './phrases.js';
import type { SalaryRow, SalaryTable } from './salary-table.js';

/** One cell of the salary table. */
export interface LayoutCell {
  readonly text: string;
  readonly right: boolean;
  readonly width: number;
  /** Columns it goes over. */
  readonly span: number;
}

export interface LayoutRow {
  readonly is: 'header' | 'department' | 'person' | 'total';
  readonly cells: readonly LayoutCell[];
}

/** The salary table as it stands on the page; widths in twentieths of a point. */
export interface SalaryLayout {
  readonly widths: readonly number[];
  readonly width: number;
  readonly rows: readonly LayoutRow[];
}

type Column = 'number' | 'name' | 'position' | 'department' | 'before' | 'now' | 'raise' | 'bonus';

const shares: Readonly<Record<Column, number>> = {
  number: 9,
  name: 24,
  position: 29,
  department: 22,
  before: 17,
  now: 17,
  raise: 15,
  bonus: 15,
};
const onTheLeft: readonly Column[] = ['name', 'position', 'department'];

/** Draws which columns there are, their order, and whether departments are rows of their own. */
export function salaryLayout(
  table: SalaryTable,
  pay: Pay,
  locale: Locale,
  phrases: Phrases,
  story: Faker,
  year: number,
): SalaryLayout {
  const grouped = story.datatype.boolean({ probability: 0.6 });
  const maybe = (column: Column, probability = 0.5) =>
    story.datatype.boolean({ probability }) ? [column] : [];
  const who: Column[] = story.helpers.arrayElement<Column[]>([
    ['name', 'position'],
    ['name', 'position'],
    ['position', 'name'],
  ]);
  if (!grouped) who.splice(story.number.int({ min: 1, max: 2 }), 0, 'department');
  const amounts = story.helpers.arrayElement<Column[]>([
    ['before', 'now'],
    ['now', 'before'],
  ]);
  const rest = story.helpers.shuffle([...maybe('raise', 0.7), ...maybe('bonus', 0.6)]);
  const columns = [...maybe('number', 0.4), ...who, ...amounts, ...rest];
  const width = 9972;
  const whole = columns.reduce((total, column) => total + shares[column], 0);
  const widths = columns.map((column) => Math.floor((width * shares[column]) / whole));
  const bare = story.datatype.boolean();
  const amount = (value: number) => (bare ? value.toLocaleString(numbers[locale]) : pay.text(value));
  const percent = (value: string) => `${locale === 'en' ? value : value.replace('.', ',')} %`;
  let line = 0;
  const valueIn = (column: Column, row: SalaryRow): string =>
    ({
      number: String(line),
      name: row.person.fullName,
      position: row.person.position.title,
      department: row.person.position.department,
      before: amount(row.before),
      now: amount(row.now),
      raise: percent(row.raise),
      bonus: percent(String(row.bonus)),
    })[column];
  const [headBefore = '', headNow = ''] = phrases('amounts', { year, previous: year - 1 }).split(' | ');
  const headOf = (column: Column): string =>
    column === 'before' ? headBefore : column === 'now' ? headNow : phrases(column);
  const cells = (textOf: (column: Column) => string): LayoutCell[] =>
    columns.map((column, index) => ({
      text: textOf(column),
      right: !onTheLeft.includes(column),
      width: widths[index] ?? 0,
      span: 1,
    }));
  // The text over the columns that hold words, then the numbers under their own columns.
  const summary = (text: string, textOf: (column: Column) => string): LayoutCell[] => {
    const first = columns.findIndex((column) => column === 'before' || column === 'now');
    const own = cells(textOf);
    const wide = widths.slice(0, first).reduce((total, one) => total + one, 0);
    return [{ text, right: false, width: wide, span: first }, ...own.slice(first)];
  };
  const person = (row: SalaryRow): LayoutRow => {
    line += 1;
    return { is: 'person', cells: cells((column) => valueIn(column, row)) };
  };
  const people = table.departments.flatMap((department) => department.rows);
  const sortedBy = (row: SalaryRow) => `${row.person.lastName} ${row.person.firstName}`;
  const body: LayoutRow[] = grouped
    ? table.departments.flatMap((department) => [
        {
          is: 'department' as const,
          cells: summary(department.name, (column) => (column === 'now' ? amount(department.total) : '')),
        },
        ...department.rows.map(person),
      ])
    : [...people].sort((one, other) => sortedBy(one).localeCompare(sortedBy(other), locale)).map(person);
  return {
    widths,
    width: widths.reduce((total, one) => total + one, 0),
    rows: [
      { is: 'header', cells: cells(headOf) },
      ...body,
      {
        is: 'total',
        cells: summary(phrases('total', { employees: table.employees }), (column) =>
          column === 'now'
            ? amount(table.total)
            : column === 'before'
              ? amount(table.totalBefore)
              : column === 'raise'
                ? percent(table.raise)
                : '',
        ),
      },
    ],
  };
}

const numbers: Readonly<Record<Locale, string>> = { en: 'en-US', de: 'de-DE', ru: 'ru-RU' };
