import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadOwnKinds } from '../../../src/config/own-kinds.js';
import { ownKind } from '../../../src/factory/own-kind.js';
import { describeWith } from '../../support/requirements.js';
import { openWorkshop, type Workshop } from '../../unit/factory/workshop.js';

// Not below /tmp, where everybody may write above it.
let folder: string;
let workshop: Workshop;
beforeEach(async () => {
  folder = await mkdtemp(join(homedir(), '.phantom-kinds-'));
  workshop = await openWorkshop();
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await workshop[Symbol.asyncDispose]();
});

const load = async () => (await loadOwnKinds(folder, ['env'])).map(ownKind);
const yaml =
  'name: ftp-notes\nsummary: notes of a partner\nfile: partners/ftp.txt\nmode: "0640"\ntemplate: ftp.njk\n';

async function describe(template: string, text = yaml): Promise<void> {
  await writeFile(join(folder, 'ftp.yaml'), text, { mode: 0o644 });
  await writeFile(join(folder, 'ftp.njk'), template, { mode: 0o644 });
}

describeWith(['root'], 'a kind of a user', () => {
  test('the example of the documentation is planted with secrets of its own', async () => {
    const page = await readFile('docs/traps.md', 'utf8');
    const [, text = '', template = ''] =
      /```yaml\n(name: [\s\S]*?)```[\s\S]*?```jinja\n([\s\S]*?)```/.exec(page) ?? [];
    await writeFile(join(folder, 'partner-ftp.yaml'), text, { mode: 0o644 });
    await writeFile(join(folder, 'partner-ftp.njk'), template, { mode: 0o644 });
    const [kind] = await load();
    const factory = workshop.factory({ kinds: [kind?.name ?? ''], ownKinds: load });
    const [trap] = (await factory.plant()).planted;
    const content = await readFile(trap?.path ?? '', 'utf8');
    const [entry] = (await workshop.registry()).traps;
    expect(entry?.secrets.length).toBeGreaterThan(0);
    for (const { value } of entry?.secrets ?? []) expect(content).toContain(value);
    expect(entry?.logins?.[0]).toMatchObject({ service: 'ssh' });
    await factory.plant({ rotates: () => true });
    expect(await readFile(trap?.path ?? '', 'utf8')).not.toBe(content);
  });

  test.each([
    ['a\nb {% if %}', /ftp\.njk:2: /],
    ['{{ password("x") }}\n\n{{ persona.nothing.at }}', /ftp\.njk:3: /],
    ['no secret', /ftp\.njk:1: it draws no secret/],
    ['{{ password("x") }}{% include "/etc/passwd" %}', /ftp\.njk:1: /],
  ])('template %j is refused with file and line', async (template, message) => {
    await describe(template);
    const factory = workshop.factory({ kinds: ['ftp-notes'], ownKinds: load });
    await expect(factory.plant()).rejects.toThrow(message);
  });

  test.each([
    [yaml.replace('ftp-notes', 'env'), /ftp\.yaml:1: name: there is a kind env already/],
    [yaml.replace('partners/', '../'), /ftp\.yaml:3: file: expected a file name/],
    [yaml.replace('template: ftp', 'template: ../ftp'), /ftp\.yaml:5: template: expected the name/],
    [`${yaml}colour: red\n`, /ftp\.yaml:6: colour: unknown key, expected one of name, summary/],
  ])('description %j is refused with file, line and key', async (text, message) => {
    await describe('{{ password("x") }}', text);
    await expect(load()).rejects.toThrow(message);
  });

  test('a folder that others may write is refused', async () => {
    await describe('{{ password("x") }}');
    await chmod(folder, 0o777);
    await expect(load()).rejects.toThrow(/could be anybody: .* can be written by everybody/);
    await chmod(folder, 0o700);
    await mkdir(join(folder, 'sub'));
    expect(await load()).toHaveLength(1);
  });
});
