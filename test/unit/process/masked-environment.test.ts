import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskedEnvironment, maskedValue, variable } from '../../../src/process/masked-environment.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('maskedValue', () => {
  it.each([
    ['DB_PASSWORD', 'hunter2'],
    ['PGPASSWORD', 'hunter2'],
    ['MYSQL_PWD', 'x'],
    ['GITHUB_TOKEN', 'abc'],
    ['apiKey', 'abc'],
    ['AWS_SECRET_ACCESS_KEY', 'abc'],
    ['SECRET', 'abc'],
    ['STRIPE_KEY', 'abc'],
    ['KEY', 'abc'],
    ['BASIC_AUTH', 'a:b'],
    ['SENTRY_DSN', 'https://x@y'],
    ['X', 'ghp_0123456789abcdefghij'],
    ['X', 'AKIAIOSFODNN7EXAMPLE'],
    ['X', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl'],
    ['X', '-----BEGIN OPENSSH PRIVATE KEY-----'],
    ['X', 'b3f1a9c2d4e5f60718293a4b5c6d7e8f'],
    ['MYSQL_OPTS', '--user=root --password=hunter2'],
    ['CURL_OPTS', '-H "Authorization: Bearer abcdefgh"'],
  ])('masks %s=%s', (name, value) => {
    expect(maskedValue(name, value)).toBe('***');
  });

  it.each([
    ['PWD', '/root'],
    ['OLDPWD', '/tmp'],
    ['HOME', '/home/alice'],
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['LANG', 'en_US.UTF-8'],
    ['SSH_CONNECTION', '203.0.113.9 50022 10.0.0.1 22'],
    ['SSH_AUTH_SOCK', '/tmp/ssh-XXXX/agent.1'],
    ['LD_PRELOAD', '/tmp/x.so'],
    ['DBUS_SESSION_BUS_ADDRESS', 'unix:path=/run/user/1000/bus'],
    ['XDG_SESSION_ID', '3'],
    ['KEYBOARD', 'us'],
    ['AUTHOR', 'alice'],
    ['EMPTY_TOKEN', ''],
  ])('shows %s=%s', (name, value) => {
    expect(maskedValue(name, value)).toBe(value);
  });

  it('hides only the password of an address', () => {
    expect(maskedValue('URL', 'postgres://app:s3cr3t@db:5432/x')).toBe('postgres://app:***@db:5432/x');
  });
});

describe('maskedEnvironment', () => {
  it('makes hostile bytes printable, and leaves out what lies beyond its bounds', () => {
    const listed = maskedEnvironment(bytes('A=\x1b[31m\0novalue\0B=\xff\0'), true);
    expect(listed).toEqual({ items: ['A=\\x1b[31m', 'novalue', 'B=\\xff'], omitted: 0 });
    const many = maskedEnvironment(
      bytes(Array.from({ length: 200 }, (_, at) => `V${at}=x\0`).join('')),
      true,
    );
    expect(many.items).toHaveLength(128);
    expect(many.omitted).toBe(72);
    expect(maskedEnvironment(bytes(`LONG=${'a '.repeat(5000)}\0`), true).items[0]).toHaveLength(262);
  });

  it('leaves out a variable that was cut: the rest might have told that it is a secret', () => {
    const cut = maskedEnvironment(bytes('A=1\0URL=postgres://app:s3cr'), false);
    expect(cut).toEqual({ items: ['A=1'], omitted: 1 });
  });

  it('never lets the value of a password through, whatever it is', () => {
    const value = fc.uint8Array({ minLength: 1, maxLength: 40 }).filter((one) => !one.includes(0));
    fc.assert(
      fc.property(value, fc.constantFrom('DB_PASSWORD', 'api_token', 'MY_SECRET_X'), (secret, name) => {
        const content = Buffer.concat([bytes(`${name}=`), secret, Buffer.of(0)]);
        expect(maskedEnvironment(content, true).items).toEqual([`${name}=***`]);
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), (content, whole) => {
        for (const item of maskedEnvironment(Buffer.from(content), whole).items)
          expect(item).not.toMatch(/\p{C}/u);
      }),
    );
  });
});

describe('variable', () => {
  it('takes the first of a name, and no name that only ends like it', () => {
    const content = bytes('XA=0\0A=1\0A=2\0B\0');
    expect(variable(content, 'A')).toBe('1');
    expect(variable(content, 'B')).toBeUndefined();
  });
});
