import { randomInt } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { cardNumber } from './forms/payment-card.js';
import { payIn } from './pay.js';
import type { Persona } from './persona.js';
import type { Phrases } from './phrases.js';
import { salaryTable } from './salary-table.js';
import { randomText } from './secrets.js';
import { type Cell, type CellLook, cellName, type Sheet, serialDay } from './spreadsheet.js';
import { deductionsIn } from './wage-deductions.js';

const cents = (amount: number) => Math.round(amount * 100) / 100;
const text = (value: string, look: CellLook = 'text'): Cell => ({ look, text: value });
const money = (value: number): Cell => ({ look: 'money', value });

/**
 * The month's pay of everyone, by the salaries after the last review or before it, with the sums as formulas.
 * `payDay` stands in the remark and is a day of the month that is paid.
 */
export function paySheet(
  persona: Persona,
  phrases: Phrases,
  story: Faker,
  title: string,
  payDay: Date,
  review: 'before' | 'now',
): Sheet {
  const monthly = payIn(persona.locale).period === 'month' ? 1 : 12;
  const withNumber = story.datatype.boolean();
  const withDepartment = story.datatype.boolean({ probability: 0.7 });
  const remarkOnTop = story.datatype.boolean();
  const words = [
    ...(withNumber ? (['number'] as const) : []),
    'name',
    ...(withDepartment ? (['department'] as const) : []),
  ] as const;
  // In Russia pay comes twice a month, and some lists hold the first half in a column.
  const advance = persona.locale === 'ru' && story.datatype.boolean({ probability: 0.3 });
  const deduct = deductionsIn(persona.locale, story, advance);
  const amounts = ['gross', 'tax', advance ? 'advance' : 'social', 'net'] as const;
  const banking = story.helpers.arrayElement([
    ['bank', 'bankCode', 'account'],
    ['bankCode', 'account', 'bank'],
    ['account', 'bankCode', 'bank'],
  ] as const);
  const remark = [
    text(
      phrases('remark', {
        date: payDay.toLocaleDateString(persona.locale === 'en' ? 'en-US' : persona.locale),
        payroll: persona.payroll.fullName,
      }),
      'note',
    ),
  ];
  const head = [
    ...words.map((key) => text(phrases(key), 'head')),
    ...amounts.map((key) => text(phrases(key), 'headRight')),
    ...banking.map((key) => text(phrases(key), 'head')),
  ];
  const top = [[text(title, 'title')], ...(remarkOnTop ? [remark] : []), []];
  const first = top.length + 1;
  const sums = [0, 0, 0, 0];
  const people = salaryTable(persona).departments.flatMap((department) => department.rows);
  const rows = people.map(({ person, [review]: salary }, index) => {
    const row = first + index;
    const gross = cents(salary / monthly);
    const { tax, other: social } = deduct()(gross, payDay);
    const net = cents(gross - tax - social);
    for (const [at, amount] of [gross, tax, social, net].entries())
      sums[at] = cents((sums[at] ?? 0) + amount);
    const values = {
      number: text(person.employeeNumber),
      name: text(person.fullName),
      department: text(person.position.department),
      bank: text(person.bankAccount.bankName, 'code'),
      bankCode: text(person.bankAccount.bank, 'code'),
      account: text(person.bankAccount.number, 'code'),
    };
    const at = words.length;
    const [grossCell, taxCell, socialCell] = [0, 1, 2].map((offset) => cellName(at + offset, row));
    return [
      ...words.map((key) => values[key]),
      money(gross),
      money(tax),
      money(social),
      { look: 'money' as const, value: net, formula: `${grossCell}-${taxCell}-${socialCell}` },
      ...banking.map((key) => values[key]),
    ];
  });
  const last = first + rows.length - 1;
  const total = [
    ...words.map((_, index) => (index === 0 ? text(phrases('total'), 'total') : { look: 'total' as const })),
    ...sums.map((value, index) => {
      const column = words.length + index;
      const formula = `SUM(${cellName(column, first)}:${cellName(column, last)})`;
      return { look: 'totalMoney' as const, value, formula };
    }),
  ];
  const widthOf = { number: 9, name: 26, department: 19, bank: 24, bankCode: 15, account: 27 };
  return {
    name: phrases('sheetPay'),
    widths: [
      ...words.map((key) => widthOf[key]),
      ...amounts.map(() => 14),
      ...banking.map((key) => widthOf[key]),
    ],
    frozenRows: first,
    rows: [...top, head, ...rows, total, ...(remarkOnTop ? [] : [[], remark])],
  };
}

/** The company's payment cards; returns their numbers too. */
export function cardSheet(
  persona: Persona,
  phrases: Phrases,
  story: Faker,
  title: string,
  modifiedAt: Date,
): { sheet: Sheet; numbers: string[] } {
  const holders = story.helpers.arrayElements(persona.people.slice(0, 14), { min: 3, max: 6 });
  const limits = persona.locale === 'ru' ? [100_000, 150_000, 300_000, 500_000] : [1500, 2500, 5000, 10_000];
  const spaced = story.datatype.boolean();
  const numbers = holders
    .map(() => cardNumber(persona.locale))
    .map((one) => (spaced ? (one.match(/.{4}/g) ?? []).join(' ') : one));
  const keys = ['holder', 'card', 'expires', 'security', 'limit'] as const;
  const rows = holders.map((holder, index) => [
    text(holder.fullName),
    text(numbers[index] ?? '', 'code'),
    text(monthAfter(modifiedAt, randomInt(3, 46)), 'code'),
    text(randomText('0123456789', 3), 'code'),
    money(story.helpers.arrayElement(limits)),
  ]);
  return {
    numbers,
    sheet: {
      name: phrases('sheetCards'),
      widths: [26, 23, 13, 10, 14],
      frozenRows: 0,
      rows: [
        [text(title, 'title')],
        [],
        keys.map((key) => text(phrases(key), key === 'limit' ? 'headRight' : 'head')),
        ...rows,
      ],
    },
  };
}

/** One line of the sheet that says where to log in. */
export interface AccessLine {
  readonly system: string;
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly note: string;
  readonly changedOn: Date;
}

/** Where payroll logs in. */
export function accessSheet(phrases: Phrases, lines: readonly AccessLine[]): Sheet {
  const keys = ['system', 'address', 'user', 'password', 'note'] as const;
  return {
    name: phrases('sheetAccess'),
    widths: [24, 34, 20, 24, 42, 12],
    frozenRows: 1,
    rows: [
      [...keys, 'changed'].map((key) => text(phrases(key), 'head')),
      ...lines.map((line) => [
        ...keys.map((key) => text(line[key], key === 'password' ? 'code' : 'text')),
        { look: 'date' as const, value: serialDay(line.changedOn) },
      ]),
    ],
  };
}

function monthAfter(date: Date, months: number): string {
  const month = new Date(date.getFullYear(), date.getMonth() + months, 1);
  return `${String(month.getMonth() + 1).padStart(2, '0')}/${String(month.getFullYear()).slice(2)}`;
}
