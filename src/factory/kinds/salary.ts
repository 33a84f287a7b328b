import { randomInt } from 'node:crypto';
import { basename } from 'node:path';
import type { Faker } from '@faker-js/faker';
import { accountName } from '../account-name.js';
import { decoyUrl } from '../decoy-url.js';
import { officeLook } from '../office-look.js';
import { payIn } from '../pay.js';
import { phrasesOf } from '../phrases.js';
import { salaryLayout } from '../salary-layout.js';
import { salaryTable } from '../salary-table.js';
import { generatedPassword, inventedPassword, labelled } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';
import { wordDocument } from '../word-document.js';

const dayMs = 86_400_000;

/** The salary review of the whole company as a Word document. */
export const salary: TrapKind = {
  name: 'salary',
  summary: 'salary review of the whole company, a Word document',
  mode: readableByAll,
  relativePath: (_persona, year) => `salary_${year}.docx`,
  async make({ persona, times, templates, path, decoy }) {
    const story = storyteller(persona.seed, 'salary document');
    const phrases = phrasesOf(templates, 'salary', persona.locale, story);
    const secrets = { workbook: generatedPassword(14), payrollPortal: inventedPassword(persona.locale) };
    const user = accountName('payroll', 'hr-portal', 'lohn', 'hr.report', persona.payroll.login);
    // What the name says counts, as long as the file is no older than that.
    const named = Number(basename(path).match(/(?<!\d)20\d\d(?!\d)/)?.[0]);
    const modified = times.modifiedAt.getFullYear();
    const year = Math.min(named || modified, modified + 1);
    const values = { year, previous: year - 1, company: persona.company };
    const share = bankListOn(persona.hosts.files.name, year, story);
    const notes = [
      phrases('workbook', { share, password: secrets.workbook }),
      phrases('portal', { url: `${decoyUrl(decoy)}/`, user, password: secrets.payrollPortal }),
      ...(story.datatype.boolean() ? [phrases('remark', values)] : []),
    ];
    const pay = payIn(persona.locale);
    const content = wordDocument(
      templates,
      'salary',
      {
        title: phrases('title', values),
        company: persona.company,
        creator: persona.humanResources.fullName,
        lastModifiedBy: persona.payroll.fullName,
        createdAt: createdBefore(times.modifiedAt, year),
        modifiedAt: times.modifiedAt,
        revision: randomInt(5, 31),
        editingMinutes: randomInt(45, 620),
      },
      {
        persona,
        look: officeLook(storyteller(persona.seed, 'office look')),
        themeName: story.helpers.arrayElement(['Office', 'Office Theme', persona.company]),
        style: {
          filled: story.datatype.boolean({ probability: 0.65 }),
          banded: story.datatype.boolean({ probability: 0.4 }),
          vertical: story.datatype.boolean({ probability: 0.6 }),
          tableText: story.helpers.arrayElement(tableStyles[persona.locale]),
          titleSize: story.number.int({ min: 28, max: 50 }),
          headingSize: story.number.int({ min: 22, max: 30 }),
          bodySize: story.helpers.arrayElement([20, 21, 22]),
          tableSize: story.helpers.arrayElement([17, 18, 19]),
          margin: story.helpers.arrayElement([1134, 1080, 1134]),
          after: story.number.int({ min: 80, max: 180 }),
          line: story.number.int({ min: 240, max: 276 }),
          cell: story.number.int({ min: 10, max: 34 }),
          zoom: story.helpers.arrayElement([90, 100, 100, 110, 120]),
          notesFirst: story.datatype.boolean({ probability: 0.25 }),
          grey: story.helpers.arrayElement(['A6A6A6', 'BFBFBF', '8EAADB', 'D0CECE', '7F7F7F']),
          letter: persona.locale === 'en',
        },
        language: { en: 'en-US', de: 'de-DE', ru: 'ru-RU' }[persona.locale],
        layout: salaryLayout(salaryTable(persona), pay, persona.locale, phrases, story, year),
        text: {
          subtitle: phrases('subtitle', values),
          distribution: phrases('distribution', {
            chief: persona.people[0]?.fullName ?? '',
            manager: persona.humanResources.fullName,
            payroll: persona.payroll.fullName,
            extension: persona.humanResources.extension,
            email: persona.humanResources.email,
          }),
          heading: phrases('notes'),
          notes,
          footer: phrases('footer', values),
          page: phrases('page'),
        },
      },
    );
    return {
      content,
      secrets: labelled(secrets),
      logins: [{ service: 'http', user, password: secrets.payrollPortal }],
    };
  },
};

/** Names that somebody gave the style of the table's text. */
const tableStyles = {
  en: ['Table Text', 'Cell', 'Table Body', 'Compact', 'Small', 'List Table'],
  de: ['Tabellentext', 'Zelle', 'Tabelle klein', 'Kompakt', 'Listentext'],
  ru: ['Текст таблицы', 'Ячейка', 'Таблица', 'Мелкий', 'Список'],
} as const;

/** Where the list for the bank lies: a share of the file server. */
function bankListOn(server: string, year: number, story: Faker): string {
  const oneOf = (...choices: string[]) => story.helpers.arrayElement(choices);
  const list = oneOf('salary', 'bank_list', 'payroll', 'bank', 'transfer');
  const name = oneOf(`${list}_${year}`, `${list}-${year}`, `${year}_${list}`, `${list}${year % 100}`);
  return `\\\\${server}\\${oneOf('hr$', 'personnel', 'hr', 'finance$')}\\${oneOf('payroll', 'pay', 'bank')}\\${name}.xlsx`;
}

// In the winter before the year it is about, or some weeks before its last change if that is earlier.
function createdBefore(modifiedAt: Date, year: number): Date {
  const season = new Date(year - 1, 10, 6 + randomInt(40), 9 + randomInt(8), randomInt(60), randomInt(60));
  const latest = modifiedAt.getTime() - randomInt(6 * dayMs, 40 * dayMs);
  return new Date(Math.min(season.getTime(), latest));
}
