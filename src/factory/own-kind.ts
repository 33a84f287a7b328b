import nunjucks from 'nunjucks';

import { decoyServices } from '../core/decoy/decoy-service.js';

import type { OwnKindDescription } from '../core/own-kind-description.js';

import { printableText } from '../core/printable.js';
import { dayBefore } from './ages.js';
import type { TrapLogin } from './decoy-addresses.js';
import { deploymentOf } from './deployment.js';
import { PlantingRefused } from './errors.js';
import { alphabets, generatedPassword, inventedPassword, randomText, type TrapSecret } from './secrets.js';
import { storyteller } from './storyteller.js';
import type { TrapKind, TrapMaterial } from './trap-kind.js';
import { wordingOf } from './wording.js';

/** The template of a user cannot be used; the message names file and line. */
export class TemplateInvalid extends PlantingRefused {}

/**
 * A kind from a template of a user. The template is compiled at once, and sees the story, the times, and
 * functions that draw secrets; it includes no other file.
 * @throws TemplateInvalid
 */
export function ownKind(description: OwnKindDescription): TrapKind {
  const { name, summary, file, mode, template, templatePath } = description;
  const environment = new nunjucks.Environment(null, {
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
    autoescape: false,
  });
  const compiled = explained(
    description,
    'compiling',
    () => new nunjucks.Template(template, environment, templatePath, true),
  );
  return {
    name,
    summary,
    mode,
    relativePath: () => file,
    async make({ persona, times, decoy, neighbours, path }): Promise<TrapMaterial> {
      const drawn = new Draws();
      const content = explained(description, 'rendering', () =>
        compiled.render({
          ...wordingOf(storyteller(persona.seed, `wording/${name}/${path}`)),
          persona,
          deployment: deploymentOf(persona),
          decoy,
          neighbours,
          path,
          modified: dayBefore(times.modifiedAt, 0),
          daysBefore: (days: number) => dayBefore(times.modifiedAt, inRange(days, 'days', -36_500, 36_500)),
          number: (low: number, high: number) =>
            storyteller(persona.seed, `${name} ${low} ${high}`).number.int({ min: low, max: high }),
          password: (label: string) => drawn.secret(label, () => inventedPassword(persona.locale)),
          generated: (label: string, length = 20) =>
            drawn.secret(label, () => generatedPassword(inRange(length, 'length', ...lengths))),
          token: (label: string, length = 32) =>
            drawn.secret(label, () =>
              randomText(alphabets.alphanumeric, inRange(length, 'length', ...lengths)),
            ),
          login: (service: string, user: string) => drawn.login(service, user),
        }),
      );
      if (drawn.secrets.length === 0)
        throw new TemplateInvalid(
          `${printableText(templatePath)}:1: it draws no secret: nothing would tell this trap from another`,
        );
      return { content: Buffer.from(content), secrets: drawn.secrets, logins: drawn.logins };
    },
  };
}

/** What one making has drawn; the same label gives the same secret again. */
class Draws {
  readonly #values = new Map<string, string>();
  readonly logins: TrapLogin[] = [];

  get secrets(): TrapSecret[] {
    return [...this.#values].map(([label, value]) => ({ label, value }));
  }

  secret(label: string, draw: () => string): string {
    const value = this.#values.get(label) ?? draw();
    this.#values.set(label, value);
    return value;
  }

  /** The password of a login to the decoy. */
  login(service: string, user: string): string {
    const known = decoyServices.find((one) => one === service);
    if (known === undefined) throw new Error(`expected a service of ${decoyServices.join(', ')}`);
    const password = this.secret(`${service} ${user}`, () => generatedPassword(20));
    if (!this.logins.some((one) => one.service === known && one.user === user))
      this.logins.push({ service: known, user, password });
    return password;
  }
}

// A shorter secret is found by chance in text that is no trap's; an empty one everywhere.
const lengths = [6, 4096] as const;

function inRange(value: number, what: string, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new Error(`expected ${what} to be a whole number from ${low} to ${high}, got ${String(value)}`);
}

function explained<Result>(
  { template, templatePath }: OwnKindDescription,
  stage: 'compiling' | 'rendering',
  work: () => Result,
): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateInvalid) throw error;
    const text = (error as Error).message;
    const what =
      text
        .split('\n')
        .map((one) => one.trim())
        .filter((one) => one !== '')
        .at(-1) ?? text;
    const line = lineOf(text, stage, template);
    throw new TemplateInvalid(printableText(`${templatePath}:${line}: ${what}`));
  }
}

/**
 * Nunjucks tells the line as `[Line 3, Column 7]`: counted from 1 while it compiles and where a value is missing,
 * else from 0, and then without a line where it is the first. It has none for the end of the file and for names that
 * it does not find.
 */
function lineOf(text: string, stage: 'compiling' | 'rendering', template: string): number {
  if (text.includes('got end of file')) return template.trimEnd().split('\n').length;
  const missing = /(?:filter|template) not found: (.+)/.exec(text)?.[1]?.trim();
  if (missing !== undefined)
    return (
      1 +
      Math.max(
        0,
        template.split('\n').findIndex((one) => one.includes(missing)),
      )
    );
  const told = Number(/\[Line (\d+)/.exec(text)?.[1] ?? 0);
  const isFromOne = stage === 'compiling' || text.includes('attempted to output null or undefined value');
  return Math.max(1, isFromOne ? told : told + 1);
}
