import { expect, it } from 'vitest';
import { inhabit } from '../../../../src/sandbox/look/accounts.js';
import { type FurnitureFacts, furniture, lastLoginLine } from '../../../../src/sandbox/look/furniture.js';
import { story } from '../story.js';

const passwd = 'root:x:0:0:root:/root:/bin/bash\n';
const group = 'root:x:0:\nadm:x:4:\nshadow:x:42:\n';
const facts: FurnitureFacts = {
  story,
  inhabitants: inhabit(passwd, group, story.accounts),
  skeleton: new Map([['.bashrc', Buffer.from('# ~/.bashrc\n')]]),
  now: new Date('2026-03-04T15:16:17Z'),
  booted: new Date('2026-02-20T03:00:00Z'),
  kernel: { name: 'Linux', release: '6.1.0-18-amd64', version: '#1 SMP', machine: 'x86_64' },
};
const pieces = furniture(facts);
const textOf = (path: string) => pieces.find((piece) => piece.path === path)?.content?.toString() ?? '';

it('is the same bytes for the same story and time, and others for another story', () => {
  expect(furniture(facts)).toEqual(pieces);
  expect(furniture({ ...facts, story: { ...story, seed: 43 } })).not.toEqual(pieces);
});

it('belongs to whoever lives there', () => {
  const [anna] = facts.inhabitants.accounts;
  for (const piece of pieces.filter(({ path }) => path.startsWith('home/alind')))
    expect([piece.uid, piece.gid]).toEqual([anna?.uid, anna?.gid]);
  for (const piece of pieces.filter(({ path }) => path.startsWith('root'))) expect(piece.uid).toBe(0);
});

it('is older than the sandbox, and folders come after what lies in them', () => {
  for (const { path, modified } of pieces) expect([path, modified <= facts.now]).toEqual([path, true]);
  pieces.forEach((piece, place) => {
    const below = pieces.findLastIndex(({ path }) => path.startsWith(`${piece.path}/`));
    if (piece.content === undefined) expect(below).toBeLessThan(place);
  });
});

it('has what a person leaves behind: history, notes, keys of hosts, the project', () => {
  expect(textOf('home/alind/.bash_history').split('\n').length).toBeGreaterThan(20);
  expect(textOf('home/alind/.bash_history')).toContain('harbor');
  expect(textOf('home/alind/notes.txt')).toContain('10.20.4.11');
  expect(textOf('home/alind/.ssh/known_hosts')).toMatch(
    /^db-01,10\.20\.4\.11 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI/mu,
  );
  expect(textOf('home/alind/harbor/deploy/production.conf')).toContain('db-01.int.nordenfreight.example');
  expect(textOf('home/alind/.bashrc')).toBe('# ~/.bashrc\n');
  expect(textOf('root/scripts/backup.sh')).toContain('bak-01');
});

it('keeps private what sshd wants private', () => {
  const modes = ['home/alind', 'home/alind/.ssh', 'home/alind/.bash_history', 'root'].map(
    (wanted) => pieces.find(({ path }) => path === wanted)?.mode,
  );
  expect(modes).toEqual([0o700, 0o700, 0o600, 0o700]);
});

it('tells of the last login as the log of logins does', () => {
  const line = lastLoginLine(facts, 'alind');
  const [, source] =
    /^Last login: \w{3} \w{3} [ \d]\d [\d:]{8} \d{4} from (10\.20\.4\.\d+)$/u.exec(line) ?? [];
  const accepted = textOf('var/log/auth.log').match(/Accepted publickey for alind from \S+/gu) ?? [];
  expect(accepted.at(-1)).toBe(`Accepted publickey for alind from ${source}`);
  expect(lastLoginLine(facts, 'nobody')).toBe('');
});

it('writes logs in order of time, in the name of the host', () => {
  for (const name of ['auth.log', 'syslog']) {
    const lines = textOf(`var/log/${name}`).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(30);
    const times = lines.map((line) => Date.parse(`${line.slice(0, 15)} 2026`));
    expect([...times].sort((one, other) => one - other)).toEqual(times);
    for (const line of lines) expect(line.slice(15)).toMatch(/^ web-02 [A-Za-z]+(\[\d+\])?: /u);
  }
});
