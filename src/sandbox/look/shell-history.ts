import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { Account } from './accounts.js';
import { Draw } from './draw.js';

/** The .bash_history of an account. */
export function shellHistory({ login }: Account, story: DecoyStory): string {
  const draw = new Draw(story.seed, `history of ${login}`);
  const { project, hosts, internalDomain } = story;
  const host = () => hosts[draw.int(0, Math.max(0, hosts.length - 1))]?.name ?? 'localhost';
  const anybody = [
    'ls -la',
    'df -h',
    'free -m',
    'uptime',
    'htop',
    'w',
    'ps aux | grep postgres',
    'tail -f /var/log/syslog',
    `ssh ${host()}.${internalDomain}`,
    `ssh ${host()}`,
    `ping -c 3 ${host()}`,
    `scp ${host()}:/tmp/${project}.log .`,
    `psql ${project}`,
    'redis-cli info memory',
    'vim notes.txt',
    'cat notes.txt',
    './scripts/check.sh',
    'screen -r',
    'ss -tlnp',
  ];
  const developer = [
    `cd ${project}`,
    'git pull',
    'git status',
    'git log --oneline | head',
    'make deploy ENV=staging',
    'make logs',
    'vim app/settings.py',
    'cat deploy/production.conf',
    `sudo systemctl status ${project}@production`,
    'grep -rn timeout app/',
    'cd',
  ];
  const administrator = [
    'apt update',
    'apt upgrade -y',
    'systemctl restart nginx',
    'systemctl status postgresql',
    'journalctl -u ssh -n 50',
    'crontab -e',
    'vim /etc/hosts',
    'nginx -t',
    `ls -la /srv/${project}-production`,
    './scripts/backup.sh',
    'du -sh /var/log/*',
    'last | head',
    'reboot',
  ];
  const lines = [...anybody, ...(login === 'root' ? administrator : developer)];
  const round = () => draw.some(lines, draw.int(8, 18));
  return [...round(), ...round(), ...round(), 'exit'].map((line) => `${line}\n`).join('');
}
