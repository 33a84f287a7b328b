import { readFile, stat } from 'node:fs/promises';
import { printableText } from '../core/printable.js';
import { ConfigInvalid } from './config-invalid.js';
import { parseYaml } from './parse-yaml.js';
import { type Config, configSchema } from './schema.js';

export { ConfigInvalid } from './config-invalid.js';

/**
 * Reads and validates a configuration file.
 * @throws ConfigInvalid
 */
export async function loadConfig(path: string): Promise<Config> {
  return parseConfig(await readYamlText(path), path);
}

/**
 * Validates the text of a configuration file; `path` is only named in errors.
 * @throws ConfigInvalid
 */
export function parseConfig(text: string, path: string): Config {
  return parseYaml(text, path, configSchema).value;
}

/**
 * The text of a file that somebody wrote by hand.
 * @throws ConfigInvalid
 */
export async function readYamlText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    // A pipe would keep the start waiting for whoever writes into it.
    if (!(await stat(path)).isFile()) throw Object.assign(new Error(), { code: 'not a file' });
    bytes = await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigInvalid(`${printableText(path)}: cannot be read: ${code ?? message}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigInvalid(`${printableText(path)}: cannot be read: it is not UTF-8`);
  }
}
