import { isIP } from 'node:net';
import { z } from 'zod';
import { decoyServices } from '../../core/decoy/decoy-service.js';
import { visitActKinds } from '../../core/decoy/visit.js';
import { printableText } from '../../core/printable.js';

// Whoever sends these may be an intruder: each says exactly what may stand in it.
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const service = z.enum(decoyServices);
const endpoint = z.strictObject({
  ip: z
    .string()
    .max(45)
    .refine((ip) => isIP(ip) !== 0),
  port: z.int().min(0).max(65_535),
});
const size = z.int().min(0).max(10_000);
const withoutNul = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !text.includes('\0'));

const schemas = {
  connected: z.strictObject({ service, remote: endpoint, local: endpoint }),
  refused: z.strictObject({ user: z.string(), method: z.string() }),
  admitted: z.strictObject({ login: z.string().max(256) }),
  acted: z.strictObject({ kind: z.enum(visitActKinds), text: z.string(), cut: z.boolean().optional() }),
  left: z.strictObject({ bytesIn: count, bytesOut: count }),
  turnedAway: z.strictObject({ service, count: z.int().min(1).max(1_000_000) }),
  log: z.strictObject({ text: z.string() }),
  guestRequest: z.strictObject({
    user: withoutNul(64).min(1),
    command: withoutNul(32 * 1024).optional(),
    subsystem: z.literal('sftp').optional(),
    terminal: z
      .strictObject({
        type: z.string().regex(/^[A-Za-z0-9.+-]{1,64}$/),
        columns: size,
        rows: size,
      })
      .optional(),
    environment: z
      .record(z.string().regex(/^(LANG|LC_[A-Z_]{1,32})$/), withoutNul(256))
      .refine((variables) => Object.keys(variables).length <= 20)
      .optional(),
  }),
  resize: z.strictObject({ columns: size, rows: size }),
  pause: z.strictObject({ paused: z.boolean() }),
} as const;

export type ChildMessage<Name extends keyof typeof schemas> = z.output<(typeof schemas)[Name]>;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The message in a payload of the child; undefined when it is none. Never throws. */
export function parseChildMessage<Name extends keyof typeof schemas>(
  name: Name,
  payload: Uint8Array,
): ChildMessage<Name> | undefined {
  try {
    const parsed = schemas[name].safeParse(JSON.parse(decoder.decode(payload)));
    return parsed.success ? (parsed.data as ChildMessage<Name>) : undefined;
  } catch {
    return undefined;
  }
}

/** Printable, of `most` characters at most, and whether something was left out. No escape is cut in two. */
export function shortPrintable(text: string, most: number): { text: string; cut: boolean } {
  const whole = printableText(text.slice(0, most));
  if (whole.length <= most && text.length <= most) return { text: whole, cut: false };
  const pieces = whole.match(/\\x[0-9a-f]{2}|\\\\|./gsu) ?? [];
  let kept = '';
  for (const piece of pieces) {
    if (kept.length + piece.length > most) break;
    kept += piece;
  }
  return { text: kept, cut: true };
}
