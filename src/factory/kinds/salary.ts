import { randomInt } from 'node:crypto';
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
  relativePath: () => 'salary_2024.docx',
  async make({ persona, times, templates }) {
    const story = storyteller(persona.seed, 'salary document');
    const secrets = { workbook: generatedPassword(14), payrollPortal: inventedPassword() };
    const content = wordDocument(
      templates,
      'salary',
      {
        title: 'Salary review 2024',
        company: persona.company,
        creator: persona.humanResources.fullName,
        lastModifiedBy: persona.payroll.fullName,
        createdAt: createdBefore(times.modifiedAt),
        modifiedAt: times.modifiedAt,
        revision: randomInt(5, 18),
        editingMinutes: randomInt(45, 420),
      },
      {
        persona,
        secrets,
        table: salaryTable(persona),
        chief: persona.people[0],
        extension: story.number.int({ min: 210, max: 489 }),
      },
    );
    return { content, secrets: labelled(secrets) };
  },
};

// In the winter before the year it is about, or some weeks before its last change if that is earlier.
function createdBefore(modifiedAt: Date): Date {
  const season = new Date(2023, 10, 6 + randomInt(40), 9 + randomInt(8), randomInt(60), randomInt(60));
  const latest = modifiedAt.getTime() - randomInt(6 * dayMs, 40 * dayMs);
  return new Date(Math.min(season.getTime(), latest));
}
