/** Milliseconds of the units that a setting takes. */
const units: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const value = String.raw`(?:=|to)\s*'?\s*(default|\d{1,10}(?:\.\d{1,6})?)\s*([a-z]{0,3})\s*'?`;
const change = new RegExp(
  String.raw`\b(?:set\s+(?:session\s+)?statement_timeout\s*${value}|reset\s+(?:statement_timeout|all)\b|discard\s+all\b)`,
  'gi',
);

/**
 * `statement_timeout`, ms, after a statement of this text; 0 is none. The engine takes the setting and has no clock to
 * keep it: the text is looked at for it.
 * @param before the value until then
 * @param reset the value that the session began with
 */
export function timeoutAfter(text: string, before: number, reset: number): number {
  const last = [...text.slice(0, 65_536).matchAll(change)].at(-1);
  if (last === undefined) return before;
  const [, amount, unit] = last;
  return amount === undefined || amount.toLowerCase() === 'default'
    ? reset
    : milliseconds(amount, unit ?? '', before);
}

/** Of a startup packet: `5s`, `5000`. */
export function timeoutSetting(setting: string): number {
  const [, amount = '0', unit = ''] = /^\s*(\d{1,10}(?:\.\d{1,6})?)\s*([a-z]{0,3})\s*$/i.exec(setting) ?? [];
  return milliseconds(amount, unit, 0);
}

function milliseconds(amount: string, unit: string, otherwise: number): number {
  const factor = unit === '' ? 1 : units[unit];
  // INT_MAX is the most that it takes.
  const time = factor === undefined ? Number.NaN : Math.round(Number(amount) * factor);
  return time >= 0 && time <= 0x7fff_ffff ? time : otherwise;
}
