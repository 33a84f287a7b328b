import { join } from 'node:path';
import nunjucks from 'nunjucks';
import type { Persona } from './persona.js';
import { storyteller } from './storyteller.js';
import { wordingOf } from './wording.js';

/**
 * Renders the templates below `<resources>/traps`. Nunjucks is no sandbox: nothing from outside
 * that folder is ever rendered, and what a template includes is looked up there too. A template that
 * is given a `persona` has `pick`, `maybe`, `shuffle`, `some` and `between` (see `Wording`); a `path`
 * among the values lets two traps of a kind on one host differ.
 */
export class Templates {
  readonly #text: nunjucks.Environment;
  readonly #xml: nunjucks.Environment;

  constructor(resourcesDir: string) {
    const loader = new nunjucks.FileSystemLoader(join(resourcesDir, 'traps'));
    const options = { throwOnUndefined: true, trimBlocks: true, lstripBlocks: true };
    this.#text = new nunjucks.Environment(loader, { ...options, autoescape: false });
    this.#xml = new nunjucks.Environment(loader, { ...options, autoescape: true });
    for (const environment of [this.#text, this.#xml]) environment.addFilter('dollars', dollars);
  }

  /** Renders a plain text template; values stand as they are. Throws when it or a value is missing. */
  text(name: string, values: TemplateValues): string {
    return this.#text.render(name, { ...wordingFor(name, values), ...values });
  }

  /** Renders an XML template; values are escaped. Throws when it or a value is missing. */
  xml(name: string, values: TemplateValues): string {
    const rendered = this.#xml.render(name, { ...wordingFor(name, values), ...values });
    // Nunjucks escapes for HTML. No office program writes these three so, and they would tell who did.
    return rendered.replaceAll(/&#(39|92|96);/g, (_, code) => String.fromCharCode(Number(code)));
  }
}

/** What a template may name. */
export interface TemplateValues {
  readonly persona?: Pick<Persona, 'seed'>;
  readonly path?: string;
  readonly [name: string]: unknown;
}

function wordingFor(name: string, { persona, path }: TemplateValues): object {
  if (!persona) return {};
  return wordingOf(storyteller(persona.seed, `wording/${name}/${path ?? ''}`));
}

function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US')}`;
}
