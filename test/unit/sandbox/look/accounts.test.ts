import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inhabit } from '../../../../src/sandbox/look/accounts.js';

const passwd = [
  'root:$6$salt$hash:0:0:root:/root:/bin/zsh',
  'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
  'postgres:x:101:104::/var/lib/postgresql:/bin/bash',
  'local:x:1000:1000::/home/local:/bin/bash',
  '',
].join('\n');
const group = 'root:x:0:\nadm:x:4:syslog\nsudo:x:27:\nwww-data:x:33:\nlocal:x:1000:\nextra:x:1001:\n';
const names = (...logins: string[]) => logins.map((login) => ({ login, fullName: '' }));

it("gives new accounts the next free numbers beside the host's own users", () => {
  const { accounts, passwd: made } = inhabit(passwd, group, names('anna', 'ben'));
  expect(accounts.map(({ login, uid, gid }) => [login, uid, gid])).toEqual([
    ['anna', 1002, 1002],
    ['ben', 1003, 1003],
  ]);
  expect(made).toContain('local:x:1000:1000::/home/local:/bin/bash\n');
  expect(made).toContain('anna:x:1002:1002::/home/anna:/bin/bash\n');
});

it('lets root and users of the host keep number and home, with a shell', () => {
  const { accounts } = inhabit(passwd, group, names('root', 'postgres', 'www-data'));
  expect(accounts.map(({ login, uid, home }) => [login, uid, home])).toEqual([
    ['root', 0, '/root'],
    ['postgres', 101, '/var/lib/postgresql'],
    ['www-data', 33, '/home/www-data'],
  ]);
});

it('puts the first person into the groups of administrators that the host has', () => {
  const { group: made } = inhabit(passwd, group, names('anna', 'ben'));
  expect(made).toMatch(/^adm:x:4:syslog,anna$/mu);
  expect(made).toMatch(/^sudo:x:27:anna$/mu);
  expect(made).not.toMatch(/^wheel/mu);
});

it('shows no password hash, neither in passwd nor in shadow', () => {
  const { passwd: made, shadow } = inhabit(passwd, group, names('anna'));
  expect(made).not.toContain('hash');
  for (const line of shadow.trim().split('\n')) expect(line).toMatch(/^[a-z-]+:[*!]:/u);
});

it('has the users of the services that the decoy imitates, whatever the host has', () => {
  const { owner } = inhabit('root:x:0:0::/root:/bin/sh\n', 'root:x:0:\n', []);
  for (const login of ['postgres', 'redis', 'www-data', 'messagebus'])
    expect(owner(login)?.uid).toBeGreaterThanOrEqual(110);
  expect(owner('nobody-known')).toBeUndefined();
});

it('makes a table that can be parsed, with unique numbers, of any story', () => {
  const login = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/));
  fc.assert(
    fc.property(fc.array(fc.record({ login, fullName: fc.string({ unit: 'binary' }) })), (people) => {
      const made = inhabit(passwd, group, people);
      const lines = made.passwd.trimEnd().split('\n');
      for (const line of lines) expect(line.split(':')).toHaveLength(7);
      const uids = lines.map((line) => line.split(':')[2]);
      expect(new Set(uids).size).toBe(uids.length);
      for (const { home } of made.accounts) expect(home).toMatch(/^\/[A-Za-z0-9._/-]+$/u);
    }),
  );
});
