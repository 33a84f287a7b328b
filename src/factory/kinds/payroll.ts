import { randomInt } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { accountName } from '../account-name.js';
import { decoyUrl } from '../decoy-url.js';
import { officeLook } from '../office-look.js';
import { payIn } from '../pay.js';
import { accessSheet, cardSheet, paySheet } from '../payroll-sheets.js';
import { phrasesOf } from '../phrases.js';
import { generatedPassword, inventedPassword } from '../secrets.js';
import { workbook } from '../spreadsheet.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

const dayMs = 86_400_000;
const names = {
  en: ['payroll', 'payroll_run', 'direct_deposit', 'payroll-bank-list', 'net_pay'],
  de: ['gehaltsliste', 'lohnabrechnung', 'zahllauf', 'Gehaelter_Bank', 'auszahlungsliste'],
  ru: ['zarplata', 'vedomost', 'reestr_bank', 'zarplata-reestr', 'raschet_zp'],
} as const;

/** The month's pay of the whole company with everyone's bank account, an Excel workbook. */
export const payroll: TrapKind = {
  name: 'payroll',
  summary: 'payroll of a month with bank accounts and company cards, an Excel workbook',
  mode: readableByAll,
  relativePath: ({ seed, locale }) =>
    `${storyteller(seed, 'payroll name').helpers.arrayElement(names[locale])}.xlsx`,
  async make({ persona, times, templates, decoy, neighbours }) {
    const story = storyteller(persona.seed, 'payroll workbook');
    const phrases = phrasesOf(templates, 'payroll', persona.locale, story);
    const { modifiedAt } = times;
    const english = persona.locale === 'en';
    // Payroll of a month is made in its last third; before that the file is about the month before.
    const about = new Date(
      modifiedAt.getFullYear(),
      modifiedAt.getMonth() - (modifiedAt.getDate() < 20 ? 1 : 0),
      1,
    );
    const month = about.toLocaleDateString(english ? 'en-US' : persona.locale, {
      month: 'long',
      year: 'numeric',
    });
    const values = { month, year: about.getFullYear(), company: persona.company };
    const title = phrases('title', values);
    const payDay = new Date(about.getFullYear(), about.getMonth(), story.number.int({ min: 25, max: 28 }));
    // The review that lies elsewhere on this host counts from its year on.
    const reviewed = neighbours.find(({ kind }) => kind === 'salary')?.path.match(/20\d\d(?=\D*$)/)?.[0];
    const review = about.getFullYear() < Number(reviewed ?? 0) ? 'before' : 'now';
    const portal = {
      user: accountName('payroll', 'hr', persona.payroll.login),
      password: inventedPassword(persona.locale),
    };
    const banking = {
      user: accountName('corp', 'pay', 'fin') + randomInt(10_000, 99_999),
      password: generatedPassword(12),
    };
    const cards = cardSheet(persona, phrases, story, phrases('cardsTitle', values), modifiedAt);
    const daysBefore = (lowest: number, highest: number) =>
      new Date(modifiedAt.getTime() - randomInt(lowest, highest) * dayMs);
    const access = accessSheet(phrases, [
      {
        system: phrases('portal'),
        address: `${decoyUrl(decoy)}/`,
        ...portal,
        note: phrases('portalNote'),
        changedOn: daysBefore(20, 120),
      },
      {
        system: `${phrases('banking')} (${persona.payroll.bankAccount.bankName})`,
        address: story.helpers.arrayElement(['-', '', '...']),
        ...banking,
        note: phrases('bankingNote', {
          payroll: persona.payroll.fullName,
          limit: payIn(persona.locale).text(story.number.int({ min: 2, max: 9 }) * 50_000),
        }),
        changedOn: daysBefore(60, 300),
      },
    ]);
    const sheets = [paySheet(persona, phrases, story, title, payDay, review), cards.sheet, access].map(
      (sheet) => ({
        ...sheet,
        widths: sheet.widths.map((characters) => dragged(characters, story)),
      }),
    );
    const content = workbook(
      templates,
      'payroll',
      {
        title,
        company: persona.company,
        creator: persona.payroll.fullName,
        lastModifiedBy: story.helpers.arrayElement([persona.payroll, persona.humanResources]).fullName,
        createdAt: new Date(modifiedAt.getTime() - randomInt(2 * dayMs, 500 * dayMs)),
        modifiedAt,
      },
      {
        build: story.number.int({ min: 24_000, max: 28_900 }),
        window: [
          -108,
          -108,
          story.number.int({ min: 1500, max: 3000 }) * 12,
          story.number.int({ min: 900, max: 1500 }) * 12,
        ],
        landscape: story.datatype.boolean({ probability: 0.6 }),
        paper: english ? 1 : 9,
      },
      sheets,
      {
        look: officeLook(storyteller(persona.seed, 'office look')),
        themeName: story.helpers.arrayElement(['Office', 'Office Theme', persona.company]),
        lowestEdited: story.number.int({ min: 4, max: 7 }),
        themeVersion: story.helpers.arrayElement(['124226', '153222', '164011', '166925']),
        calculation: story.helpers.arrayElement(['152511', '162913', '181029', '191029']),
        worksheetsWord: phrases('worksheets'),
        normalWord: phrases('normal'),
        style: {
          size: story.helpers.arrayElement([10, 10, 11]),
          titleSize: story.helpers.arrayElement([13, 14, 15, 16]),
          filled: story.datatype.boolean({ probability: 0.65 }),
          remark: story.helpers.arrayElement(['595959', '7F7F7F', '404040', '808080', '000000']),
          grey: story.helpers.arrayElement(['BFBFBF', 'D9D9D9', 'A6A6A6', 'C0C0C0']),
          money: story.helpers.arrayElement(['#,##0.00', '#,##0.00;[Red]-#,##0.00', '#,##0.00_ ']),
        },
      },
    );
    return {
      content,
      secrets: [
        { label: 'payroll portal', value: portal.password },
        { label: 'online banking', value: banking.password },
        ...cards.numbers.map((value, index) => ({ label: `card ${index + 1}`, value })),
      ],
      logins: [{ service: 'http', ...portal }],
    };
  },
};

/**
 * The width of a column that somebody dragged to fit about so many characters: whole pixels, of which a digit of
 * the usual fonts takes 7 and the margin 5, kept in steps of 1/256 (ISO/IEC 29500, part 1, 18.3.1.13).
 */
function dragged(characters: number, story: Faker): number {
  const pixels = characters * 7 + 5 + story.number.int({ min: -10, max: 24 });
  return Math.trunc((pixels / 7) * 256) / 256;
}
