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
    templatePath,
    () => new nunjucks.Template(template, environment, templatePath, true),
  );
  return {
    name,
    summary,
    mode,
    relativePath: () => file,
    async make({ persona, times, decoy, neighbours, path }): Promise<TrapMaterial> {
      const drawn = new Draws();
      const content = explained(templatePath, () =>
        compiled.render({
          ...wordingOf(storyteller(persona.seed, `wording/${name}/${path}`)),
          persona,
          deployment: deploymentOf(persona),
          decoy,
          neighbours,
          path,
          modified: dayBefore(times.modifiedAt, 0),
          daysBefore: (days: number) => dayBefore(times.modifiedAt, days),
          number: (low: number, high: number) =>
            storyteller(persona.seed, `${name} ${low} ${high}`).number.int({ min: low, max: high }),
          password: (label: string) => drawn.secret(label, () => inventedPassword(persona.locale)),
          generated: (label: string, length = 20) => drawn.secret(label, () => generatedPassword(length)),
          token: (label: string, length = 32) =>
            drawn.secret(label, () => randomText(alphabets.alphanumeric, length)),
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

/** Nunjucks tells the line as `[Line 3, Column 7]`. */
function explained<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateInvalid) throw error;
    const text = (error as Error).message;
    const line = /\[Line (\d+)/.exec(text)?.[1] ?? '1';
    const what =
      text
        .split('\n')
        .map((one) => one.trim())
        .filter((one) => one !== '')
        .at(-1) ?? text;
    throw new TemplateInvalid(printableText(`${path}:${line}: ${what}`));
  }
}
