import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kinds } from '../../../../src/factory/kinds.js';
import type { TrapContext, TrapKind } from '../../../../src/factory/trap-kind.js';
import { trapContext } from '../../../support/trap-context.js';

const textOf = async (kind: TrapKind, context: TrapContext) =>
  Buffer.from((await kind.make(context)).content).toString();
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

describe.each([['bash-history'], ['readme'], ['backup-script']] as const)('%s', (name) => {
  test('names every neighbour, and not itself', async () => {
    for (const seed of seeds) {
      const context = trapContext(seed);
      const own = { kind: name, path: context.path };
      const text = await textOf(kinds[name], { ...context, neighbours: [...context.neighbours, own] });
      for (const { path } of context.neighbours) expect(text).toContain(basename(path));
      expect(text).not.toContain(basename(context.path));
    }
  });

  test('is made where there is no neighbour, and leaves out a path that nobody can type', async () => {
    const context = trapContext(3);
    await textOf(kinds[name], { ...context, neighbours: [] });
    const odd = { kind: 'env', path: '/srv/a\nrm -rf b/odd' };
    expect(await textOf(kinds[name], { ...context, neighbours: [odd] })).not.toContain('odd');
  });
});

test('a path that a shell would take apart stands in quotes', async () => {
  const context = { ...trapContext(4), neighbours: [{ kind: 'tfstate', path: "/srv/it's $(id)/x y" }] };
  for (const name of ['bash-history', 'backup-script'] as const) {
    const text = await textOf(kinds[name], context);
    expect(text).toMatch(/'\/srv\/it'\\''s \$\(id\)(\/x y)?'/);
  }
});

const leading = ['bash-history', 'readme', 'backup-script', 'passwords', 'ssh-config', 'jwt-key'] as const;
test.each(leading)('%s leads to the decoy: its name and the port of each login stand there', async (name) => {
  for (const seed of name === 'jwt-key' ? [2] : seeds) {
    const context = trapContext(seed);
    const { content, logins = [] } = await kinds[name].make(context);
    const text = Buffer.from(content).toString();
    expect(logins.length).toBeGreaterThan(0);
    expect(text).toContain(context.decoy.host);
    for (const { service, user, password } of logins) {
      expect(text).toContain(String(context.decoy.ports[service]));
      expect(text).toContain(password);
      if (user !== 'default') expect(text).toContain(user);
    }
  }
});

test('an address of IPv6 stands in brackets in every URL', async () => {
  for (const seed of seeds) {
    const context = { ...trapContext(seed), decoy: { ...trapContext(1).decoy, host: 'fd00::7' } };
    for (const name of ['bash-history', 'readme', 'backup-script', 'passwords'] as const) {
      const text = await textOf(kinds[name], context);
      expect(text).toContain('http://[fd00::7]:8080/');
      expect(text).not.toMatch(/(:\/\/|@)fd00::7:\d/);
    }
  }
});

test('there is no line that the notes of all hosts share', async () => {
  for (const name of ['readme', 'passwords'] as const) {
    const lines = await Promise.all(
      seeds.map(async (seed) => (await textOf(kinds[name], trapContext(seed))).split('\n').filter(Boolean)),
    );
    const shared = (lines[0] ?? []).filter((line) => lines.every((other) => other.includes(line)));
    expect(shared).toEqual([]);
  }
});
