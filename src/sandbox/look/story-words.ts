import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { Draw } from './draw.js';

interface Words {
  readonly todo: string;
  readonly ask: (name: string) => string;
  readonly hosts: string;
  readonly tasks: readonly string[];
}

const words: Readonly<Record<DecoyStory['locale'], Words>> = {
  en: {
    todo: 'TODO',
    ask: (name) => `ask ${name} about the firewall change`,
    hosts: 'hosts',
    tasks: [
      'move the nightly dump to the new backup host',
      'certificate expires next month!',
      'clean up old staging containers',
      'disk on the database is at 80 %',
      'rotate the deploy key',
      'write down how the restore works',
    ],
  },
  de: {
    todo: 'Offen',
    ask: (name) => `${name} wegen der Firewall-Freigabe fragen`,
    hosts: 'Server',
    tasks: [
      'naechtlichen Dump auf den neuen Backup-Server legen',
      'Zertifikat laeuft naechsten Monat ab!',
      'alte Staging-Umgebung aufraeumen',
      'Platte der Datenbank ist bei 80 %',
      'Deploy-Key tauschen',
      'Restore dokumentieren',
    ],
  },
  ru: {
    todo: 'Сделать',
    ask: (name) => `спросить про файрвол: ${name}`,
    hosts: 'серверы',
    tasks: [
      'перенести ночной дамп на новый сервер бэкапов',
      'сертификат истекает в следующем месяце!',
      'почистить старый стейджинг',
      'диск на базе заполнен на 80 %',
      'сменить ключ деплоя',
      'описать восстановление из бэкапа',
    ],
  },
};

/** notes.txt in a home, in the story's language. */
export function noteText(story: DecoyStory, draw: Draw): string {
  const { todo, ask, hosts, tasks } = words[story.locale];
  const colleague = story.people[draw.int(0, Math.max(0, story.people.length - 1))];
  return [
    todo,
    ...draw.some(tasks, draw.int(2, 4)).map((task) => `- ${task}`),
    ...(colleague === undefined ? [] : [`- ${ask(colleague.name)}`]),
    '',
    hosts,
    ...story.hosts.map(({ name, address, role }) => `  ${name.padEnd(16)} ${address.padEnd(16)} ${role}`),
    '',
  ].join('\n');
}
