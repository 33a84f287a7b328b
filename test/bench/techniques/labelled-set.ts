import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Example, exampleEvent, exampleSchema } from '../../../src/attack/example.js';
import type { TrailEvent } from '../../../src/core/trail.js';

const folder = new URL('labelled/', import.meta.url);
const schema = z.array(
  z.strictObject({ expect: z.array(z.string()), events: z.array(exampleSchema).min(1) }),
);

/** An event and the techniques that a person sees in it. */
export interface Labelled {
  readonly example: Example;
  readonly event: TrailEvent;
  readonly expected: readonly string[];
}

export async function labelledSet(): Promise<readonly Labelled[]> {
  const labelled: Labelled[] = [];
  for (const name of (await readdir(folder)).sort())
    for (const { expect, events } of schema.parse(parse(await readFile(new URL(name, folder), 'utf8'))))
      for (const example of events)
        labelled.push({ example, event: exampleEvent(example), expected: expect });
  return labelled;
}
