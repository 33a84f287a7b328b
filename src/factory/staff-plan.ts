import type { Locale } from './locale.js';

export type Sex = 'female' | 'male';
export type Team =
  | 'management'
  | 'human-resources'
  | 'finance'
  | 'it'
  | 'engineering'
  | 'sales'
  | 'operations';

/** One position of a middle-sized company. */
export interface Position {
  /** The same in every language. */
  readonly role: string;
  /** The same in every language. */
  readonly team: Team;
  /** In the language of the story, and for whoever holds it. */
  readonly title: string;
  /** In the language of the story. */
  readonly department: string;
  /** Lowest and highest yearly base salary in US dollars, as the same work is paid in the United States. */
  readonly salary: readonly [number, number];
  /** Lowest and highest number of people who hold it. */
  readonly holders: readonly [number, number];
}

const departments: Readonly<Record<Locale, Readonly<Record<Team, string>>>> = {
  en: {
    management: 'Management',
    'human-resources': 'Human Resources',
    finance: 'Finance',
    it: 'IT',
    engineering: 'Engineering',
    sales: 'Sales',
    operations: 'Operations',
  },
  de: {
    management: 'Geschäftsleitung',
    'human-resources': 'Personal',
    finance: 'Finanzen',
    it: 'IT',
    engineering: 'Entwicklung',
    sales: 'Vertrieb',
    operations: 'Betrieb',
  },
  ru: {
    management: 'Руководство',
    'human-resources': 'Отдел кадров',
    finance: 'Бухгалтерия',
    it: 'Отдел ИТ',
    engineering: 'Отдел разработки',
    sales: 'Отдел продаж',
    operations: 'Операционный отдел',
  },
};

// Team, role, title in English, German (of a man and a woman) and Russian, salary in thousands of dollars, holders.
const plan = `
  management | chief | Chief Executive Officer | Geschäftsführer/Geschäftsführerin | Генеральный директор | 238-312 | 1
  management | finance-chief | Chief Financial Officer | Kaufmännischer Leiter/Kaufmännische Leiterin | Финансовый директор | 196-248 | 1
  management | technical-chief | Chief Technology Officer | Technischer Leiter/Technische Leiterin | Технический директор | 204-262 | 1
  management | assistant | Executive Assistant | Assistent der Geschäftsleitung/Assistentin der Geschäftsleitung | Помощник руководителя | 58-74 | 1
  human-resources | hr-manager | HR Manager | Personalleiter/Personalleiterin | Начальник отдела кадров | 92-118 | 1
  human-resources | hr-generalist | HR Generalist | Personalreferent/Personalreferentin | Специалист по кадрам | 58-76 | 1-2
  finance | controller | Financial Controller | Controller/Controllerin | Главный бухгалтер | 112-142 | 1
  finance | payroll | Payroll Specialist | Lohnbuchhalter/Lohnbuchhalterin | Бухгалтер по зарплате | 56-72 | 1
  finance | accountant | Accountant | Buchhalter/Buchhalterin | Бухгалтер | 62-84 | 1-3
  it | it-manager | IT Manager | Leiter IT/Leiterin IT | Начальник отдела ИТ | 118-146 | 1
  it | administrator | Systems Administrator | Systemadministrator/Systemadministratorin | Системный администратор | 84-112 | 1-2
  it | support | Support Technician | IT-Supporter/IT-Supporterin | Специалист технической поддержки | 48-64 | 1-2
  engineering | engineering-manager | Engineering Manager | Leiter Entwicklung/Leiterin Entwicklung | Руководитель разработки | 152-186 | 1
  engineering | senior-developer | Senior Software Engineer | Senior-Entwickler/Senior-Entwicklerin | Ведущий разработчик | 134-172 | 2-4
  engineering | developer | Software Engineer | Softwareentwickler/Softwareentwicklerin | Разработчик | 94-132 | 3-6
  engineering | tester | QA Engineer | Testingenieur/Testingenieurin | Инженер по тестированию | 78-104 | 1-2
  sales | sales-head | Head of Sales | Vertriebsleiter/Vertriebsleiterin | Руководитель отдела продаж | 142-178 | 1
  sales | account-executive | Account Executive | Kundenbetreuer/Kundenbetreuerin | Менеджер по продажам | 68-96 | 2-4
  sales | marketing | Marketing Specialist | Marketingreferent/Marketingreferentin | Маркетолог | 58-82 | 1-2
  operations | operations-manager | Operations Manager | Betriebsleiter/Betriebsleiterin | Операционный директор | 98-126 | 1
  operations | coordinator | Operations Coordinator | Disponent/Disponentin | Координатор | 48-66 | 1-3
  operations | customer-service | Customer Service Representative | Sachbearbeiter Kundendienst/Sachbearbeiterin Kundendienst | Специалист по работе с клиентами | 42-55 | 1-3`;

/** Who works there, heads first: between 26 and 44 people. Each position as a woman or a man holds it. */
export function staffPlan(locale: Locale): readonly ((sex: Sex) => Position)[] {
  return plan
    .trim()
    .split('\n')
    .map((line) => (sex) => {
      const [team, role = '', en = '', de = '', ru = '', salary = '', holders = ''] = line
        .trim()
        .split(' | ');
      const [forMan = '', forWoman = ''] = de.split('/');
      const [from = 0, to = 0] = salary.split('-').map((thousands) => Number(thousands) * 1000);
      const [least = 1, most = least] = holders.split('-').map(Number);
      return {
        role,
        team: team as Team,
        title: { en, de: sex === 'female' ? forWoman : forMan, ru }[locale],
        department: departments[locale][team as Team],
        salary: [from, to],
        holders: [least, most],
      };
    });
}
