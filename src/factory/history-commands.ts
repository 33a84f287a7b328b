import { basename, dirname } from 'node:path';
import type { Faker } from '@faker-js/faker';
import type { Persona } from './persona.js';
import { shellWord } from './shell-words.js';
import type { Neighbour } from './trap-kind.js';

/** What people type all day, `count` commands of it. */
export function ordinaryCommands({ project, hosts, domain }: Persona, story: Faker, count: number): string[] {
  const unit = () =>
    story.helpers.arrayElement([
      'nginx',
      'postgresql',
      'cron',
      'ssh',
      'docker',
      project,
      `${project}-worker`,
    ]);
  const number = (min: number, max: number) => story.number.int({ min, max });
  const host = () => story.helpers.arrayElement(Object.values(hosts));
  const habits: readonly (() => string)[] = [
    () => story.helpers.arrayElement(['ls', 'ls -la', 'ls -lh', 'll', 'ls -ltr', 'pwd', 'clear', 'w', 'id']),
    () =>
      story.helpers.arrayElement([
        'df -h',
        'free -m',
        'uptime',
        'top',
        'htop',
        'dmesg | tail',
        'last | head',
      ]),
    () =>
      `cd ${story.helpers.arrayElement(['..', '~', '-', '/etc', '/var/log', '/opt', `/opt/${project}`, '/tmp'])}`,
    () => `systemctl ${story.helpers.arrayElement(['status', 'restart', 'reload', 'status'])} ${unit()}`,
    () =>
      `journalctl -u ${unit()} ${story.helpers.arrayElement(['-f', '-e', `-n ${number(20, 300)}`, '--since today'])}`,
    () =>
      `tail -${story.helpers.arrayElement(['f', `n ${number(20, 200)}`])} /var/log/${story.helpers.arrayElement(['syslog', 'auth.log', 'nginx/error.log', 'nginx/access.log', `${project}.log`])}`,
    () =>
      story.helpers.arrayElement([
        'docker ps',
        'docker ps -a',
        `docker logs --tail ${number(20, 200)} ${project}`,
        'docker compose up -d',
        'docker compose pull',
      ]),
    () =>
      story.helpers.arrayElement([
        'git pull',
        'git status',
        'git log --oneline | head',
        'git diff',
        `git checkout ${story.helpers.arrayElement(['main', 'master', 'develop'])}`,
      ]),
    () =>
      story.helpers.arrayElement([
        'apt update',
        'apt upgrade',
        'apt list --upgradable',
        'apt autoremove',
        'crontab -l',
        'crontab -e',
      ]),
    () =>
      `ping ${story.helpers.arrayElement(['', '-c 3 '])}${story.helpers.arrayElement([host().name, host().address])}`,
    () => `ssh ${host().name}`,
    () =>
      `dig ${story.helpers.arrayElement(['', '+short '])}${story.helpers.arrayElement(['www', 'mail', project])}.${domain}`,
    () => `ss -${story.helpers.arrayElement(['tlnp', 'tnp', 'tulpn', 's'])}`,
    () =>
      `grep -${story.helpers.arrayElement(['r', 'ri', 'rn'])} ${story.helpers.arrayElement(['timeout', 'error', host().name, host().address, 'refused'])} ${story.helpers.arrayElement(['/etc/nginx', '/var/log', '.', '/etc'])}`,
    () => `du -sh ${story.helpers.arrayElement(['*', '/var/log', '/var/lib/docker', '.', '/home/*'])}`,
    () =>
      `${story.helpers.arrayElement(['vi', 'vim', 'nano'])} /etc/${story.helpers.arrayElement(['hosts', 'fstab', 'crontab', `nginx/sites-available/${project}`, 'ssh/sshd_config'])}`,
    () => `kill ${story.helpers.arrayElement(['', '-9 ', '-HUP '])}${number(700, 32_000)}`,
  ];
  return Array.from({ length: count }, () => story.helpers.arrayElement(habits)());
}

/** What someone typed who had to do with another trap: it names its path. */
export function errandsTo({ kind, path }: Neighbour, story: Faker): string[] {
  const one = (choices: readonly string[]) => story.helpers.arrayElement(choices);
  const file = shellWord(path);
  const known = errands[kind]?.(file);
  const looks = known ?? [
    `ls -l ${file}`,
    `file ${file}`,
    `less ${file}`,
    `cp ${file} ${file}.bak`,
    `chmod 600 ${file}`,
  ];
  const command = one(looks);
  // Half of all people go there first; the path is then told by two lines together.
  if (!command.endsWith(` ${file}`) || story.datatype.boolean()) return [command];
  const folder = shellWord(dirname(path));
  return [`cd ${folder}`, `${command.slice(0, -file.length)}${shellWord(basename(path))}`];
}

const reading = (file: string) => [
  `cat ${file}`,
  `less ${file}`,
  `vi ${file}`,
  `nano ${file}`,
  `grep -i root ${file}`,
];
const keeping = (file: string) => [
  `cat ${file}`,
  `chmod 600 ${file}`,
  `vim ${file}`,
  `diff ${file}.old ${file}`,
  `ls -l ${file}`,
];

const errands: Readonly<Record<string, (file: string) => readonly string[]>> = {
  passwords: reading,
  readme: reading,
  env: keeping,
  'aws-credentials': (file) => [...keeping(file), `AWS_SHARED_CREDENTIALS_FILE=${file} aws s3 ls`],
  'backup-script': (file) => [
    `bash -x ${file}`,
    `sh ${file}`,
    `vi ${file}`,
    `chmod +x ${file}`,
    `nohup sh ${file} &`,
  ],
  'ssh-key': (file) => [
    `chmod 600 ${file}`,
    `ssh-add ${file}`,
    `ssh-keygen -y -f ${file}`,
    `cat ${file}.pub`,
  ],
  'ssh-key-ed25519': (file) => [
    `chmod 600 ${file}`,
    `ssh-add ${file}`,
    `ssh-keygen -lf ${file}`,
    `cat ${file}.pub`,
  ],
  'ssh-config': reading,
  'known-hosts': (file) => [`ssh-keygen -H -f ${file}`, `wc -l ${file}`, `cat ${file}`],
  'tls-key': (file) => [
    `openssl pkey -noout -text -in ${file}`,
    `chmod 600 ${file}`,
    `openssl rsa -check -in ${file}`,
  ],
  'jwt-key': (file) => [`cat ${file}`, `openssl pkey -pubout -in ${file}`, `chmod 400 ${file}`],
  openvpn: (file) => [`openvpn --config ${file}`, `openvpn ${file}`, `cat ${file}`],
  salary: (file) => [
    `ls -l ${file}`,
    `scp ${file} files:`,
    `libreoffice --headless --convert-to pdf ${file}`,
  ],
};
