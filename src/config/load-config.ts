import { readFile, stat } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { printableText } from '../core/printable.js';
import { type Config, configSchema } from './schema.js';

/** The configuration cannot be used; the message is one line: file, line, key, what was expected. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
}

/**
 * Reads and validates a configuration file.
 * @throws ConfigInvalid
 */
export async function loadConfig(path: string): Promise<Config> {
  let text: string;
  try {
    // A pipe would keep the start waiting for whoever writes into it.
    if (!(await stat(path)).isFile()) throw Object.assign(new Error(), { code: 'not a file' });
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigInvalid(`${printableText(path)}: cannot be read: ${code ?? message}`);
  }
  return parseConfig(text, path);
}

/**
 * Validates the text of a configuration file; `path` is only named in errors.
 * @throws ConfigInvalid
 */
export function parseConfig(text: string, path: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fail = (offset: number | undefined, what: string) => {
    const line = offset === undefined ? 1 : lines.linePos(offset).line;
    return new ConfigInvalid(printableText(`${path}:${line}: ${what}`));
  };
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken !== undefined) throw fail(broken.pos[0], `not valid YAML: ${firstLine(broken.message)}`);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw fail(undefined, `not valid YAML: ${firstLine((error as Error).message)}`);
  }
  const result = configSchema.safeParse(value ?? undefined);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  throw fail(offsetOf(document.contents, issue), describe(issue, document.contents, value));
}

function describe(issue: z.core.$ZodIssue, contents: Node | null, value: unknown): string {
  const key = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const unknown = [...issue.path, issue.keys[0] as string].join('.');
    return `${unknown}: unknown key, expected one of ${knownKeys(issue.path).join(', ')}`;
  }
  if (contents === null || key === '') return `expected a map of sections, got ${show(value)}`;
  const given = issue.path.reduce<unknown>((part, step) => (part as never)?.[step], value);
  return `${key}: ${expectation(issue)}, got ${show(given)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected === 'record' || issue.expected === 'object' ? 'a map' : issue.expected}`;
    case 'invalid_value':
      return `expected one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `expected at least ${issue.minimum}${issue.origin === 'array' ? ' entries' : ''}`;
    case 'too_big':
      return `expected at most ${issue.maximum}`;
    default:
      return issue.message.startsWith('expected')
        ? issue.message
        : `expected another value: ${issue.message}`;
  }
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  const known = path.reduce<unknown>((part, step) => (part as never)?.[step], configSchema.parse(undefined));
  return Object.keys((known as object | undefined) ?? {});
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

/** Where in the text the issue stands: the key for an unknown one, else the nearest known value. */
function offsetOf(contents: Node | null, issue: z.core.$ZodIssue): number | undefined {
  let node: unknown = contents;
  for (const step of issue.path) {
    const next = child(node, step);
    if (next === undefined) break;
    node = next;
  }
  if (issue.code === 'unrecognized_keys' && isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === issue.keys[0]);
    if (isScalar(pair?.key)) return pair.key.range?.[0];
  }
  return (node as Node | null)?.range?.[0];
}

function child(node: unknown, step: PropertyKey): unknown {
  const collection = node as { get?: (key: unknown, keepScalar: true) => unknown } | null;
  return collection?.get?.(step, true);
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
