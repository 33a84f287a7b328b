import { join } from 'node:path';
import nunjucks from 'nunjucks';

/**
 * Renders the templates below `<resources>/traps`. Nunjucks is no sandbox: nothing from outside
 * that folder is ever rendered, and what a template includes is looked up there too.
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
  text(name: string, values: object): string {
    return this.#text.render(name, values);
  }

  /** Renders an XML template; values are escaped. Throws when it or a value is missing. */
  xml(name: string, values: object): string {
    return this.#xml.render(name, values);
  }
}

function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US')}`;
}
