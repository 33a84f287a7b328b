import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { printableText } from '../core/printable.js';
import { ConfigInvalid } from './config-invalid.js';

/** A text of YAML that knows where its parts stand. */
export interface YamlFile<Value> {
  readonly value: Value;
  /** The line of the part at this path, from 1. */
  lineOf(path: readonly PropertyKey[]): number;
}

/**
 * Reads a text of YAML and holds it to a schema; `path` is only named in errors.
 * @throws ConfigInvalid
 */
export function parseYaml<Schema extends z.ZodType>(
  text: string,
  path: string,
  schema: Schema,
): YamlFile<z.output<Schema>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number | undefined) => (offset === undefined ? 1 : lines.linePos(offset).line);
  const fail = (offset: number | undefined, what: string) =>
    new ConfigInvalid(printableText(`${path}:${lineAt(offset)}: ${what}`));
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken !== undefined) throw fail(broken.pos[0], `not valid YAML: ${firstLine(broken.message)}`);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw fail(undefined, `not valid YAML: ${firstLine((error as Error).message)}`);
  }
  const result = schema.safeParse(value ?? undefined);
  if (result.success) {
    const lineOf = (part: readonly PropertyKey[]) =>
      lineAt(offsetOf(document.contents, { path: [...part], code: 'custom' }));
    return { value: result.data, lineOf };
  }
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  throw fail(offsetOf(document.contents, issue), describe(issue, document.contents, value, schema));
}

function describe(issue: z.core.$ZodIssue, contents: Node | null, value: unknown, schema: z.ZodType): string {
  const key = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const unknown = [...issue.path, issue.keys[0] as string].join('.');
    return `${unknown}: unknown key, expected one of ${knownKeys(schema, issue.path).join(', ')}`;
  }
  if (contents === null || key === '') return `expected a map of sections, got ${show(value)}`;
  const given = issue.path.reduce<unknown>((part, step) => (part as never)?.[step], value);
  return `${key}: ${expectation(issue)}, got ${show(given)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('expected')) return issue.message;
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
      return `expected another value: ${issue.message}`;
  }
}

/** The keys that a schema knows at a path. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const at = path.reduce<unknown>((part, step) => {
    const { shape, element } = unwrapped(part);
    return typeof step === 'number' ? element : (shape as Record<PropertyKey, unknown> | undefined)?.[step];
  }, schema);
  return Object.keys(unwrapped(at).shape ?? {});
}

/** Without the defaults and refinements around it. */
function unwrapped(schema: unknown): { readonly shape?: object; readonly element?: unknown } {
  let inner = schema as { readonly def?: { readonly innerType?: unknown } } | undefined;
  while (inner?.def?.innerType !== undefined) inner = inner.def.innerType as typeof inner;
  return (inner ?? {}) as { readonly shape?: object };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

/** Where in the text the issue stands: the key for an unknown one, else the nearest known value. */
function offsetOf(contents: Node | null, issue: Pick<z.core.$ZodIssue, 'path' | 'code'>): number | undefined {
  let node: unknown = contents;
  for (const step of issue.path) {
    const next = child(node, step);
    if (next === undefined) break;
    node = next;
  }
  if (issue.code === 'unrecognized_keys' && isMap(node)) {
    const pair = node.items.find(
      ({ key }) => isScalar(key) && String(key.value) === (issue as z.core.$ZodIssueUnrecognizedKeys).keys[0],
    );
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
