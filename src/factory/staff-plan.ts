import type { Faker } from '@faker-js/faker';
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
    management: 'Management;Executive;Leadership',
    'human-resources': 'Human Resources;HR;People',
    finance: 'Finance;Accounting;Finance & Admin',
    it: 'IT',
    engineering: 'Engineering;Development;Product',
    sales: 'Sales;Commercial;Sales & Marketing',
    operations: 'Operations;Logistics;Service Operations',
  },
  de: {
    management: 'Geschäftsleitung;Leitung;Management',
    'human-resources': 'Personal;HR;Personalwesen',
    finance: 'Finanzen;Buchhaltung;Rechnungswesen',
    it: 'IT',
    engineering: 'Entwicklung;Software;Produkt',
    sales: 'Vertrieb;Verkauf;Vertrieb & Marketing',
    operations: 'Betrieb;Disposition;Auftragsabwicklung',
  },
  ru: {
    management: 'Руководство;Дирекция;Администрация',
    'human-resources': 'Отдел кадров;Кадры;Служба персонала',
    finance: 'Бухгалтерия;Финансы;Учёт',
    it: 'Отдел ИТ;ИТ;Служба ИТ',
    engineering: 'Отдел разработки;Разработка;Программисты',
    sales: 'Отдел продаж;Продажи;Сбыт',
    operations: 'Операционный отдел;Логистика;Служба поддержки клиентов',
  },
};

// Team, role, title in English, German (of a man and a woman) and Russian, salary in thousands of dollars, holders.
// A company has one of the titles and departments apart by `;`: the whole list of them would be known by sight.
const plan = `
  management | chief | Chief Executive Officer;President;CEO;Managing Director | Geschäftsführer/Geschäftsführerin;Vorstand/Vorständin;Geschäftsleiter/Geschäftsleiterin | Генеральный директор;Директор;Управляющий директор;Президент;Управляющий | 238-312 | 1
  management | finance-chief | Chief Financial Officer;CFO;VP Finance | Kaufmännischer Leiter/Kaufmännische Leiterin;Leiter Finanzen/Leiterin Finanzen;CFO/CFO | Финансовый директор;Директор по финансам;Зам. директора по финансам;Казначей | 196-248 | 1
  management | technical-chief | Chief Technology Officer;CTO;VP Technology | Technischer Leiter/Technische Leiterin;CTO/CTO;Leiter Technik/Leiterin Technik | Технический директор;Директор по ИТ;Главный инженер | 204-262 | 1
  management | assistant | Executive Assistant;Assistant to the CEO;Office Manager | Assistent der Geschäftsleitung/Assistentin der Geschäftsleitung;Sekretär/Sekretärin;Büroleiter/Büroleiterin | Помощник руководителя;Секретарь;Офис-менеджер | 58-74 | 1
  human-resources | hr-manager | HR Manager;Head of HR;People Manager;HR Lead | Personalleiter/Personalleiterin;Leiter Personal/Leiterin Personal;HR-Manager/HR-Managerin | Начальник отдела кадров;Руководитель отдела персонала;Директор по персоналу;Руководитель кадровой службы | 92-118 | 1
  human-resources | hr-generalist | HR Generalist;HR Specialist;HR Coordinator;Recruiter | Personalreferent/Personalreferentin;Personalsachbearbeiter/Personalsachbearbeiterin;HR-Referent/HR-Referentin | Специалист по кадрам;Кадровик;Менеджер по персоналу;Рекрутер | 58-76 | 1-2
  finance | controller | Financial Controller;Controller;Head of Accounting | Controller/Controllerin;Leiter Rechnungswesen/Leiterin Rechnungswesen;Finanzcontroller/Finanzcontrollerin | Главный бухгалтер;Главбух;Руководитель учёта | 112-142 | 1
  finance | payroll | Payroll Specialist;Payroll Accountant;Payroll Clerk;Payroll Administrator;Wages Clerk;Compensation Analyst | Lohnbuchhalter/Lohnbuchhalterin;Entgeltabrechner/Entgeltabrechnerin;Sachbearbeiter Lohn/Sachbearbeiterin Lohn | Бухгалтер по зарплате;Расчётчик;Бухгалтер-расчётчик | 56-72 | 1
  finance | accountant | Accountant;Staff Accountant;Bookkeeper | Buchhalter/Buchhalterin;Finanzbuchhalter/Finanzbuchhalterin;Sachbearbeiter Rechnungswesen/Sachbearbeiterin Rechnungswesen | Бухгалтер;Бухгалтер по расчётам;Экономист;Учётчик | 62-84 | 1-3
  it | it-manager | IT Manager;Head of IT;IT Lead | Leiter IT/Leiterin IT;IT-Leiter/IT-Leiterin;EDV-Leiter/EDV-Leiterin | Начальник отдела ИТ;Руководитель ИТ;Начальник ИТ-службы | 118-146 | 1
  it | administrator | Systems Administrator;Linux Administrator;System Administrator;Infrastructure Engineer | Systemadministrator/Systemadministratorin;IT-Administrator/IT-Administratorin;Linux-Admin/Linux-Admin | Системный администратор;Сисадмин;Инженер инфраструктуры | 84-112 | 1-2
  it | support | Support Technician;Help Desk Analyst;IT Support Specialist;Desktop Support | IT-Supporter/IT-Supporterin;Helpdesk/Helpdesk;Anwenderbetreuer/Anwenderbetreuerin | Специалист технической поддержки;Техник;Инженер поддержки | 48-64 | 1-2
  engineering | engineering-manager | Engineering Manager;Director of Engineering;Head of Development;Development Lead | Leiter Entwicklung/Leiterin Entwicklung;Entwicklungsleiter/Entwicklungsleiterin;Teamleiter Software/Teamleiterin Software | Руководитель разработки;Начальник отдела разработки;Тимлид | 152-186 | 1
  engineering | senior-developer | Senior Software Engineer;Senior Developer;Lead Developer | Senior-Entwickler/Senior-Entwicklerin;Leitender Entwickler/Leitende Entwicklerin;Softwarearchitekt/Softwarearchitektin | Ведущий разработчик;Старший программист;Ведущий программист | 134-172 | 2-4
  engineering | developer | Software Engineer;Developer;Programmer | Softwareentwickler/Softwareentwicklerin;Entwickler/Entwicklerin;Programmierer/Programmiererin | Разработчик;Программист;Инженер-программист | 94-132 | 3-6
  engineering | tester | QA Engineer;Test Engineer;QA Analyst | Testingenieur/Testingenieurin;QA-Tester/QA-Testerin;Softwaretester/Softwaretesterin | Инженер по тестированию;Тестировщик;Специалист по качеству | 78-104 | 1-2
  sales | sales-head | Head of Sales;Sales Director;VP Sales | Vertriebsleiter/Vertriebsleiterin;Leiter Vertrieb/Leiterin Vertrieb;Verkaufsleiter/Verkaufsleiterin | Руководитель отдела продаж;Коммерческий директор;Начальник отдела сбыта;Руководитель продаж | 142-178 | 1
  sales | account-executive | Account Executive;Sales Representative;Account Manager | Kundenbetreuer/Kundenbetreuerin;Vertriebsmitarbeiter/Vertriebsmitarbeiterin;Außendienst/Außendienst | Менеджер по продажам;Менеджер по работе с клиентами;Торговый представитель | 68-96 | 2-4
  sales | marketing | Marketing Specialist;Marketing Coordinator;Marketing Associate;Brand Coordinator;Communications Specialist | Marketingreferent/Marketingreferentin;Marketing/Marketing;Referent Werbung/Referentin Werbung | Маркетолог;Специалист по рекламе;Менеджер по маркетингу | 58-82 | 1-2
  operations | operations-manager | Operations Manager;Director of Operations;Head of Operations;Branch Manager;Logistics Lead | Betriebsleiter/Betriebsleiterin;Leiter Betrieb/Leiterin Betrieb;Standortleiter/Standortleiterin | Операционный директор;Начальник производства;Руководитель службы логистики;Управляющий складом | 98-126 | 1
  operations | coordinator | Operations Coordinator;Dispatcher;Logistics Coordinator | Disponent/Disponentin;Einsatzplaner/Einsatzplanerin;Koordinator/Koordinatorin | Координатор;Диспетчер;Логист | 48-66 | 1-3
  operations | customer-service | Customer Service Representative;Customer Support Agent;Client Services Associate | Sachbearbeiter Kundendienst/Sachbearbeiterin Kundendienst;Kundenservice/Kundenservice;Innendienst/Innendienst | Специалист по работе с клиентами;Оператор;Сотрудник контакт-центра | 42-55 | 1-3`;

// What titles are made of. A company has words that it does not use: with all of them, every list of staff would
// share them.
const usualWords: Readonly<Record<Locale, readonly string[]>> = {
  en: [
    'Head of',
    'Payroll',
    'Engineer',
    'Marketing',
    'Operations',
    'Developer',
    'Specialist',
    'Administrator',
    'Manager',
    'Director',
  ],
  de: ['Personal', 'Entwickl', 'Vertrieb', 'Leiter', 'Sachbearbeiter', 'Software', 'Buchhalt'],
  ru: ['ухгалтер', 'ирек', 'инанс', 'тдел', 'работ', 'альн', ' по ', 'адров', 'программист', 'уководител'],
};

/** Who works there, heads first: between 26 and 44 people. Each position as a woman or a man holds it. */
export function staffPlan(faker: Faker, locale: Locale): readonly ((sex: Sex) => Position)[] {
  const unused = usualWords[locale].filter(() => faker.datatype.boolean({ probability: 0.4 }));
  const countOf = (text: string) =>
    unused.filter((word) => text.toLowerCase().includes(word.toLowerCase())).length;
  const oneOf = (list: string) => {
    const choices = list.split(';');
    const fewest = Math.min(...choices.map(countOf));
    return faker.helpers.arrayElement(choices.filter((choice) => countOf(choice) === fewest));
  };
  const called = Object.fromEntries(
    Object.entries(departments[locale]).map(([team, names]) => [team, oneOf(names)]),
  );
  return plan
    .trim()
    .split('\n')
    .map((line) => {
      const [team, role = '', en = '', de = '', ru = '', salary = '', holders = ''] = line
        .trim()
        .split(' | ');
      const [forMan = '', forWoman = forMan] = oneOf({ en, de, ru }[locale]).split('/');
      const [from = 0, to = 0] = salary.split('-').map((thousands) => Number(thousands) * 1000);
      const [least = 1, most = least] = holders.split('-').map(Number);
      return (sex) => ({
        role,
        team: team as Team,
        title: sex === 'female' ? forWoman : forMan,
        department: called[team as Team] ?? '',
        salary: [from, to],
        holders: [least, most],
      });
    });
}
