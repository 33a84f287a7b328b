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
    ['PASSWORDS', 'hunter2'],
    ['DB_PASSWORD1', 'hunter2'],
    ['PASSWORD2', 'hunter2'],
    ['PASSWD', 'hunter2'],
    ['PASSPHRASE_FILE_CONTENT', 'a b c'],
    ['DB_PASS', 'hunter2'],
    ['LDAP_BINDPW', 'hunter2'],
    ['DBPW', 'hunter2'],
    ['DB_PW2', 'hunter2'],
    ['MYSQLPWD', 'hunter2'],
    ['AUTHORIZATION', 'abc'],
    ['HTTP_AUTHORIZATION', 'Digest username="x"'],
    ['ENCRYPTIONKEY', 'abcd'],
    ['MASTERKEY', 'abcd'],
    ['SSHKEYS', 'abcd'],
    ['RESTIC_PASSWORD_COMMAND', 'echo hunter2'],
    ['X', 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Eby8vdM0=='],
    ['X', 'Endpoint=sb://x.windows.net/;SharedAccessKey=abc'],
    ['S3_SK', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['X', 'client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo='],
    ['X', 'LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo='],
    ['HOOK', 'https://hooks.slack.com/services/T00000000/B00000000/XXXX'],
    ['CB', 'https://x/cb?access_token=abcdef'],
    ['CB', 'https://x/cb?se=2024&sig=abcdef'],
    ['BOT', '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'],
    ['X', 'AGE-SECRET-KEY-1QQQQ'],
    ['X', '-----BEGIN PGP PRIVATE KEY BLOCK-----'],
    ['X', 'mysql --password hunter2'],
    ['X', '--pass hunter2 -v'],
    ['X', '--auth-token abc'],
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
    ['GIT_AUTHOR_NAME', 'alice'],
    ['KEYBOARD_LAYOUT', 'us'],
    ['XKB_DEFAULT_LAYOUT', 'us'],
    ['TERM', 'xterm-256color'],
    ['KEYMAP', 'de'],
    ['COMPASS', 'north'],
    ['BYPASS_PROXY', 'no'],
    ['XDG_RUNTIME_DIR', '/run/user/1000'],
    ['XDG_DATA_DIRS', '/usr/local/share:/usr/share:/var/lib/flatpak/exports/share2'],
    ['XDG_SESSION_PATH', '/org/freedesktop/DisplayManager/Session0'],
    ['XAUTHORITY', '/run/user/1000/.mutter-Xwaylandauth.ABC123'],
    ['GNOME_KEYRING_CONTROL', '/run/user/1000/keyring'],
    ['LONG', '/home/alice/projects/phantom/node_modules/typescript5/lib/typescript/tsserver'],
    ['SSH_ASKPASS', '/usr/bin/ssh-askpass'],
    ['STORE', '/nix/store/b6gvzjyb2pg0kjfwrjmg1vfhh54ad73z-firefox-120/bin'],
    ['REL', 'src/main/java/com/example/MyProject2/SomeControllerFactory3/impl'],
    ['SESSION_MANAGER', 'local/host:@/tmp/.ICE-unix/1234,unix/host:/tmp/.ICE-unix/1234'],
    ['LS_COLORS', 'rs=0:di=01;34:ln=01;36:mh=00:pi=40;33:so=01;35'],
    ['LESSOPEN', '| /usr/bin/lesspipe %s'],
    ['PS1', '\\u@\\h:\\w'],
    ['PROXY', 'http://proxy.example:3128/'],
    ['REPO', 'https://example.org/~user@example'],
    ['EMPTY_TOKEN', ''],
  ])('shows %s=%s', (name, value) => {
    expect(maskedValue(name, value)).toBe(value);
  });

  it.each([
    ['postgres://app:s3cr3t@db:5432/x', 'postgres://***@db:5432/x'],
    ['postgres://u:p@ss@host/db', 'postgres://***@host/db'],
    ['postgres://u:p/s@s@host/db', 'postgres://***@host/db'],
    ['postgres://u:p ss@host/db', 'postgres://***@host/db'],
    ['https://ghtokenabcdef@github.com/x', 'https://***@github.com/x'],
    ['a://u:p@h b://v:q@i/c', 'a://***@i/c'],
    ['see http://h/ and redis://:pw@h:1', 'see http://h/ and redis://***@h:1'],
    ['Server=db; url=HTTP://U:P@h?x', 'Server=db; url=HTTP://***@h?x'],
  ])('hides who it is and the password in the address %s', (address, shown) => {
    expect(maskedValue('URL', address)).toBe(shown);
  });

  it('never lets a password in an address through, whatever it is', () => {
    const password = fc.string({ minLength: 1, maxLength: 30 }).map((text) => `\u00a7${text}\u00a7`);
    fc.assert(
      fc.property(password, (secret) => {
        expect(maskedValue('URL', `postgres://u:${secret}@host/db`)).not.toContain('\u00a7');
      }),
    );
  });

  it('takes a time that grows with the length only, whatever it is given', () => {
    const piece = fc.oneof(
      fc.constantFrom('://', '@', ':', '/', ' ', 'a', 'A1', '1', '-', '--', '=', 'password', 'sig', 'token'),
      fc.constantFrom('Bearer ', '123456789:', 'eyJ', 'sk_', 'AKIA', '-----BEGIN ', 'hooks.slack.com/', '&'),
      fc.string({ minLength: 1, maxLength: 4 }),
    );
    const hostile = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => {
      const text = pieces.join('');
      return text.repeat(Math.ceil(120_000 / text.length));
    });
    fc.assert(
      fc.property(hostile, (value) => {
        const from = performance.now();
        maskedValue('X', value);
        maskedValue(value, 'x');
        // A square of 120,000 takes many seconds.
        expect(performance.now() - from).toBeLessThan(1000);
      }),
      { numRuns: 150, interruptAfterTimeLimit: 15_000 },
    );
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
