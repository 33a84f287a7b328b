import { basename, dirname } from 'node:path';
import type { Faker } from '@faker-js/faker';
import { deploymentOf, type Framework } from './deployment.js';
import type { Persona } from './persona.js';
import { shellWord } from './shell-words.js';
import { storyteller } from './storyteller.js';
import type { Neighbour } from './trap-kind.js';

/** What someone of this host types all day, `count` commands of it: everybody has a few habits of all there are. */
export function ordinaryCommands(persona: Persona, story: Faker, count: number): string[] {
  const habits = storyteller(persona.seed, 'habits at the shell').helpers.arrayElements(
    habitsOf(persona, story),
    { min: 7, max: 13 },
  );
  return Array.from({ length: count }, () => story.helpers.arrayElement(habits)());
}

const tools: Readonly<Record<Framework, readonly string[]>> = {
  laravel: ['composer install', 'php artisan migrate', 'php artisan config:cache', 'php -v'],
  django: ['pip list', './manage.py migrate', 'pip install -r requirements.txt', './manage.py check'],
  rails: ['bundle install', 'bin/rails db:migrate', 'bundle exec rake -T', 'ruby -v'],
  alembic: ['pip list', 'alembic upgrade head', 'alembic current', 'pip install -r requirements.txt'],
  prisma: ['npm ci', 'npm run build', 'npx prisma migrate deploy', 'node -v'],
};

function habitsOf(persona: Persona, story: Faker): (() => string)[] {
  const { project, hosts, domain, administrator } = persona;
  const { framework } = deploymentOf(persona);
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
  // As people count: nobody asks for 183.
  const lines = () =>
    story.helpers.arrayElement([15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300, 500, 1000]);
  const one = (...choices: string[]) => story.helpers.arrayElement(choices);
  const host = () => story.helpers.arrayElement(Object.values(hosts));
  return [
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
      `journalctl -u ${unit()} ${story.helpers.arrayElement(['-f', '-e', `-n ${lines()}`, '--since today'])}`,
    () =>
      `tail -${story.helpers.arrayElement(['f', `n ${lines()}`])} /var/log/${story.helpers.arrayElement(['syslog', 'auth.log', 'nginx/error.log', 'nginx/access.log', `${project}.log`])}`,
    () =>
      story.helpers.arrayElement([
        'docker ps',
        'docker ps -a',
        `docker logs --tail ${lines()} ${project}`,
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
        `apt-cache policy ${unit()}`,
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
    () => one('screen -ls', 'screen -r', 'tmux a', 'tmux ls', 'screen -S upgrade', 'tmux new -s work'),
    () =>
      one(
        'nginx -t',
        'apachectl configtest',
        'certbot renew --dry-run',
        'certbot certificates',
        'postfix check',
      ),
    () => one('ip a', 'ip r', 'ip -br a', 'iptables -L -n', 'nft list ruleset', 'ufw status', 'arp -an'),
    () => `scp ${host().name}:/tmp/${project}.${one('log', 'tgz', 'sql', 'csv')} .`,
    () => `rsync -av ${host().name}:/srv/${project}/ ${one('.', '/tmp/', `/srv/${project}/`)}`,
    () => one('kubectl get pods', 'kubectl get nodes', `kubectl logs deploy/${project}`, 'helm ls', 'k9s'),
    () => one('make', 'make install', './deploy.sh', ...tools[framework]),
    () => `curl -I ${one('localhost', '127.0.0.1', `${project}.${domain}`)}${one('', ':8080', '/')}`,
    () => one('sudo -i', 'su -', `su - ${project}`, `sudo -u ${project} -s`, 'whoami', 'exit'),
    () =>
      one('ps aux', 'ps axf', `ps aux | grep ${project}`, 'iotop', 'vmstat 1 5', 'lsof -i', 'iostat -x 2'),
    () =>
      one('mailq', 'postqueue -p', 'tail /var/mail/root', 'mail', `echo test | mail ${administrator.email}`),
    () =>
      one(
        'date',
        'timedatectl',
        'chronyc sources',
        'hostname -f',
        'uname -a',
        'cat /etc/os-release',
        'lsblk',
      ),
    () =>
      `find ${one('.', '/srv', '/opt', '/home')} -name '${one('*.log', '*.bak', '*.sql', '*.conf', '*.gz')}'`,
    () =>
      `chown -R ${one(project, 'www-data', 'root', administrator.login)} ${one('.', '*', `/srv/${project}`)}`,
    () =>
      `${one('mv', 'cp', 'cp -p')} ${one(project, 'dump', 'old', 'test')}.${one('conf', 'sql', 'tgz', 'txt')} ${one('/tmp', '..', '~', 'old')}`,
    () => `crontab -${one('l', 'e', `l -u ${project}`)}`,
  ];
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
