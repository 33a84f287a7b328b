import { z } from 'zod';
import { addressScopes } from '../core/techniques/address-scope.js';
import { type Condition, modeWords, type PathCondition } from '../core/techniques/condition.js';
import { linearRegex } from '../core/techniques/pattern.js';
import { trailKinds } from '../core/trail.js';
import { exampleSchema } from './example.js';

const techniqueId = z.string().regex(/^T\d{4}(?:\.\d{3})?$/, 'expected an id such as T1552.001');
const tacticId = z.string().regex(/^TA\d{4}$/, 'expected an id such as TA0006');

/** `techniques.yaml`: the version, tactics, and every technique that a rule may name. */
export const techniquesSchema = z.strictObject({
  attack: z.string().regex(/^\d+\.\d+$/, 'expected a version such as "19.1"'),
  tactics: z.record(tacticId, z.string().min(1)),
  techniques: z.record(
    techniqueId,
    z.strictObject({
      name: z.string().min(1),
      tactics: z.array(tacticId).min(1),
      formerly: z.array(techniqueId).min(1).optional(),
    }),
  ),
});

/** One word stands for a list of one. */
const words = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((given) => (Array.isArray(given) ? given : [given]));

/** `groups.yaml`: `$name` in a list of words stands for these. */
export const groupsSchema = z.record(z.string().regex(/^[a-z-]+$/), words);

const regex = z.string().superRefine((source, context) => {
  try {
    linearRegex(source);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const path: z.ZodType<PathCondition> = z.lazy(() =>
  z.strictObject({
    is: words.optional(),
    under: words.optional(),
    name: words.optional(),
    suffix: words.optional(),
    contains: words.optional(),
    hidden: z.boolean().optional(),
    not: z
      .union([path, z.array(path).min(1)])
      .transform((given) => [given].flat())
      .optional(),
  }),
);
const port = z.union([
  z.int().min(0).max(65_535),
  z.string().regex(/^\d+-\d+$/, 'expected a port or a range such as 1-1023'),
]);

const condition: z.ZodType<Condition> = z.lazy(() =>
  z
    .strictObject({
      program: words.optional(),
      installed: words.optional(),
      verb: words.optional(),
      flag: words.optional(),
      args: z
        .strictObject({
          any: words.optional(),
          all: words.optional(),
          none: words.optional(),
          regex: regex.optional(),
          last: words.optional(),
          atMost: z.int().min(0).optional(),
          atLeast: z.int().min(1).optional(),
        })
        .optional(),
      text: z
        .strictObject({ any: words.optional(), all: words.optional(), regex: regex.optional() })
        .optional(),
      path: path.optional(),
      children: z.strictObject({ of: words, atLeast: z.int().min(1) }).optional(),
      executable: path.optional(),
      sets: words.optional(),
      pipedTo: words.optional(),
      pipedFrom: words.optional(),
      fileInput: z.boolean().optional(),
      address: z
        .strictObject({
          scope: z.array(z.enum(addressScopes)).min(1).optional(),
          ip: words.optional(),
          port: z.array(port).min(1).optional(),
          path: words.optional(),
        })
        .optional(),
      parent: z.union([z.strictObject({ program: words }), z.strictObject({ installed: words })]).optional(),
      mode: z.array(z.enum(modeWords)).min(1).optional(),
      gained: z.literal('root').optional(),
      not: condition.optional(),
      any: z.array(condition).min(1).optional(),
    })
    .refine((given) => Object.keys(given).length > 0, 'expected at least one part'),
);

/** The other files: a list of rules. */
export const rulesSchema = z.array(
  z.strictObject({
    rule: z.string().min(1),
    technique: z.union([techniqueId, z.array(techniqueId).min(1)]),
    on: z.union([z.enum(trailKinds), z.array(z.enum(trailKinds)).min(1)]).default('exec'),
    when: condition,
    true: z.array(exampleSchema).min(1),
    false: z.array(exampleSchema).min(1),
  }),
);
