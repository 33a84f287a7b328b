import type { Startup } from './startup-packet.js';

/** What PostgreSQL reports after a login, in its order. */
export function reportedParameters(startup: Startup, version: string): Map<string, string> {
  const { settings, user } = startup;
  return new Map([
    ['in_hot_standby', 'off'],
    ['integer_datetimes', 'on'],
    ['TimeZone', settings.get('TimeZone') ?? 'Etc/UTC'],
    ['IntervalStyle', settings.get('IntervalStyle') ?? 'postgres'],
    ['is_superuser', 'off'],
    ['application_name', settings.get('application_name') ?? ''],
    ['default_transaction_read_only', 'off'],
    ['client_encoding', (settings.get('client_encoding') ?? 'UTF8').toUpperCase()],
    ['standard_conforming_strings', 'on'],
    ['session_authorization', user],
    ['DateStyle', settings.get('DateStyle') ?? 'ISO, MDY'],
    ['server_encoding', 'UTF8'],
    ['server_version', version],
  ]);
}

// Others that a client could name are left out: what they do to the engine nobody tried.
const taken = [
  'client_encoding',
  'DateStyle',
  'TimeZone',
  'IntervalStyle',
  'extra_float_digits',
  'search_path',
  'statement_timeout',
];

/** Statements that give the session the settings of its startup packet. */
export function settingsStatements({ settings }: Startup): readonly string[] {
  return taken.flatMap((name) => {
    const value = settings.get(name);
    return value === undefined ? [] : [`SET ${name} = '${value.replaceAll("'", "''")}';`];
  });
}
