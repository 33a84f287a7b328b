import { lstat, readdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { OwnKindDescription } from '../core/own-kind-description.js';
import { printableText } from '../core/printable.js';
import { complaintAbout } from '../core/root-only-path.js';
import { ConfigInvalid } from './config-invalid.js';
import { readYamlText } from './load-config.js';
import { parseYaml } from './parse-yaml.js';

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$/;

const kindSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'expected small letters, digits and dashes'),
  summary: z.string().regex(/^[^\p{C}]{1,200}$/u, 'expected one line'),
  file: z
    .string()
    .regex(
      /^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\p{C}]{1,200}(?<!\/)$/u,
      'expected a file name, with folders at will',
    ),
  mode: z
    .string('expected the mode in quotes, such as "0640"')
    .regex(/^0?[0-7]{3}$/, 'expected a mode such as "0640"')
    .default('0644'),
  template: z.string().regex(plainName, 'expected the name of a file in the same folder'),
});

/**
 * Reads every `*.yaml` of a folder with its template. The folder and the files must be root's alone: a template
 * is a program.
 * @throws ConfigInvalid naming file and line
 */
export async function loadOwnKinds(folder: string, taken: readonly string[]): Promise<OwnKindDescription[]> {
  await requireRootOnly(folder);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const kinds: OwnKindDescription[] = [];
  const known = new Set(taken);
  for (const name of names) {
    const path = join(folder, name);
    await requireRootOnly(path);
    const { value, lineOf } = parseYaml(await readYamlText(path), path, kindSchema);
    const fail = (key: string, what: string) =>
      new ConfigInvalid(`${printableText(path)}:${lineOf([key])}: ${key}: ${what}`);
    if (known.has(value.name)) throw fail('name', `there is a kind ${value.name} already`);
    known.add(value.name);
    const templatePath = join(folder, value.template);
    if (basename(templatePath) === name) throw fail('template', 'expected another file than this');
    await requireRootOnly(templatePath);
    kinds.push({
      ...value,
      mode: Number.parseInt(value.mode, 8),
      template: await readYamlText(templatePath),
      templatePath,
    });
  }
  return kinds;
}

async function requireRootOnly(path: string): Promise<void> {
  const complaint = await complaintAbout(path, { lstat, readlink }).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigInvalid(`${printableText(path)}: cannot be read: ${error.code ?? error.message}`);
  });
  if (complaint !== undefined)
    throw new ConfigInvalid(`${printableText(path)}: its author could be anybody: ${complaint}`);
}
