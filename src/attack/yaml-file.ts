import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { printableText } from '../core/printable.js';

/** A file of rules cannot be used; the message is one line: file, line, what is wrong. */
export class RulesInvalid extends Error {
  override readonly name = 'RulesInvalid';
}

/** A text of YAML that knows where its parts stand. */
export interface YamlFile<Value> {
  readonly value: Value;
  /** An error that names the file and the line of the part at this path. */
  fail(path: readonly PropertyKey[], what: string): RulesInvalid;
}

/**
 * Reads a text of YAML and holds it to a schema; `name` is only told in errors.
 * @throws RulesInvalid
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  name: string,
  schema: Schema,
): YamlFile<z.output<Schema>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const failAt = (offset: number, what: string) =>
    new RulesInvalid(printableText(`${name}:${lines.linePos(offset).line}: ${what}`));
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken !== undefined) throw failAt(broken.pos[0], `not valid YAML: ${broken.message.split('\n')[0]}`);
  const fail = (path: readonly PropertyKey[], what: string) =>
    failAt(offsetOf(document.contents, path), what);
  const result = schema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (result.success) return { value: result.data, fail };
  const issue = deepest(result.error.issues[0] as z.core.$ZodIssue);
  throw fail(issue.path, `${issue.path.join('.')}: ${issue.message}`);
}

/** Of a union, the complaint of the branch that came furthest. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const nested = issue.errors.flat().map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  const furthest = nested.sort((one, other) => other.path.length - one.path.length)[0];
  return furthest === undefined ? issue : deepest(furthest);
}

/** Where the nearest known part of the path begins. */
function offsetOf(contents: Node | null, path: readonly PropertyKey[]): number {
  let node: Node | null = contents;
  for (const step of path) {
    const next = child(node, step);
    if (next === undefined) break;
    node = next;
  }
  return node?.range?.[0] ?? 0;
}

/** Keys are compared as text: `true:` is a key of another type in YAML. */
function child(node: Node | null, step: PropertyKey): Node | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return (pair?.value as Node | null | undefined) ?? undefined;
  }
  return (node as { get?: (key: unknown, keep: true) => Node | undefined } | null)?.get?.(step, true);
}
