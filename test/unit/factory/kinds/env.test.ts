import { describe, expect, test } from 'vitest';
import { deploymentOf, type Framework, frameworks } from '../../../../src/factory/deployment.js';
import { env } from '../../../../src/factory/kinds/env.js';
import { locales } from '../../../../src/factory/persona.js';
import { trapContext } from '../../../support/trap-context.js';

/** The names that the files of 60 stories set, of each framework. */
const found = await Promise.all(
  Array.from({ length: 60 }, async (_, seed) => {
    const context = trapContext(seed * 31, locales[seed % locales.length]);
    const { content } = await env.make(context);
    const lines = Buffer.from(content).toString().split('\n');
    const settings = lines.filter((line) => /^\w+=/.test(line));
    return { framework: deploymentOf(context.persona).framework, settings };
  }),
);

// What only programs written with this framework, or in its language, are told.
const own: Readonly<Record<Framework, RegExp>> = {
  laravel:
    /^(APP_KEY|DB_CONNECTION|DB_USERNAME=|DB_URL|MAIL_MAILER|MAIL_FROM_ADDRESS|CACHE_(DRIVER|STORE)|SENTRY_LARAVEL|LOG_SLACK|COMPOSER_|STRIPE_SECRET=)/,
  django: /^(DJANGO_|EMAIL_HOST|DEFAULT_FROM_EMAIL|AWS_STORAGE_BUCKET_NAME|AWS_S3_REGION_NAME|CONN_MAX_AGE)/,
  rails: /^(RAILS_|SECRET_KEY_BASE|SIDEKIQ_|SMTP_(ADDRESS|USER_?NAME)|DB_USERNAME=)/,
  alembic: /^(FLASK_|SQLALCHEMY_|MAIL_SERVER|MAIL_DEFAULT_SENDER|JWT_SECRET_KEY|PERMANENT_SESSION)/,
  prisma: /^(NODE_ENV|PG_|BULL_|SMTP_(USER|PASS)=|NPM_)/,
};

describe.each(frameworks)('the environment of %s', (framework) => {
  test('has names of its own, and none that another framework reads', () => {
    const files = found.filter((one) => one.framework === framework);
    expect(files.length).toBeGreaterThan(4);
    for (const { settings } of files) {
      expect(settings.filter((line) => own[framework].test(line)).length).toBeGreaterThan(1);
      for (const line of settings.filter((one) => !own[framework].test(one)))
        for (const other of frameworks) expect(line).not.toMatch(own[other]);
    }
  });
});

// config/database.php and .env.example of Laravel.
test('Laravel finds its database under the names of its own sample, in that order', () => {
  const names = ['CONNECTION', 'HOST', 'PORT', 'DATABASE', 'USERNAME', 'PASSWORD'].map(
    (name) => `DB_${name}`,
  );
  for (const { settings } of found.filter(({ framework }) => framework === 'laravel')) {
    const keys = settings.map((line) => line.split('=')[0] ?? '');
    const at = keys.indexOf('DB_CONNECTION');
    expect(keys.slice(at, at + names.length)).toEqual(names);
    expect(settings).toContain('DB_CONNECTION=pgsql');
    expect(keys).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(PG|POSTGRES|SMTP|EMAIL)_/)]));
  }
});

test('SQLAlchemy knows no scheme but postgresql (since 1.4)', () => {
  for (const { settings } of found.filter(({ framework }) => framework === 'alembic'))
    expect(settings.join('\n')).not.toContain('postgres://');
});

test('times and counts are such as people write', () => {
  const numbers = found.flatMap(({ settings }) =>
    settings.filter((line) => /^\w*(TTL|LIFETIME|TIMEOUT|AGE|POOL(_SIZE|_MAX)?|CONNS)=/.test(line)),
  );
  expect(numbers.length).toBeGreaterThan(5);
  for (const line of numbers) expect(line).toMatch(/=(\d+0|5|15|25)$/);
});
