import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { bare, login, openSshHouse, place, type SshHouse } from './ssh-house.js';

const driver = fileURLToPath(new URL('ssh-interactive.py', import.meta.url));

type Step = { expect: string } | { type: string } | { resize: [number, number] };

describeWith(['root', 'ssh', 'ssh-keygen', 'python3'], 'a shell on a terminal', () => {
  let house: SshHouse;
  beforeAll(async () => {
    house = await openSshHouse();
  });
  afterAll(() => house.close());

  /** Logs in by ssh on a terminal as somebody at a keyboard does. */
  function atKeyboard(
    steps: readonly Step[],
    options: readonly string[] = [],
  ): Promise<{ shown: string; code: number }> {
    const child = spawn('python3', [driver, 'ssh', ...bare, '-p', `${house.port}`, ...options, place], {
      env: { ...process.env, TERM: 'xterm-256color' },
    });
    const password: Step[] = [{ expect: 'password: ' }, { type: `${login.password}\n` }];
    child.stdin.end([...password, ...steps].map((step) => JSON.stringify(step)).join('\n'));
    const shown: Buffer[] = [];
    child.stdout.on('data', (bytes) => shown.push(bytes));
    return new Promise((resolve) =>
      child.on('close', (code) => resolve({ shown: Buffer.concat(shown).toString(), code: code ?? -1 })),
    );
  }

  it("is asked for the password in sshd's words, says who came last, and lives until exit", async () => {
    const { shown, code } = await atKeyboard([
      { expect: '# ' },
      { type: 'tty; exit 5\n' },
      { expect: '/dev/pts/' },
    ]);
    expect(shown).toMatch(/deploy@127\.0\.0\.1's password: \r\n/);
    expect(shown).toMatch(/Last login: \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} from 10\.20\.0\.5\r\n/);
    expect(shown).toContain('closed.');
    expect(code).toBe(5);
    expect(house.guests.at(-1)?.terminal).toEqual({ type: 'xterm-256color', columns: 80, rows: 24 });
    const again = await atKeyboard([{ expect: '# ' }, { type: 'exit\n' }]);
    expect(again.shown).toContain('from 127.0.0.1\r\n');
  });

  it('interrupts with Ctrl-C and follows the size of the window', async () => {
    const { shown, code } = await atKeyboard([
      { expect: '# ' },
      { type: 'echo be""gun; sleep 60\n' },
      { expect: 'begun' },
      { type: '\u0003' },
      { expect: '# ' },
      { resize: [132, 43] },
      { type: 'until [ "$(stty size)" = "43 132" ]; do :; done; echo re""sized\n' },
      { expect: 'resized' },
      { type: 'exit 3\n' },
    ]);
    expect(shown).toContain('resized');
    expect(code).toBe(3);
  });

  it('lets several sessions share one connection', async () => {
    const control = ['-o', 'ControlMaster=auto', '-o', `ControlPath=${house.folder}/control`];
    const second = `ssh -F none -S ${house.folder}/control x 'echo sec""ond; exit 4'`;
    // The guest is this host here, where the first connection's socket is.
    const { shown } = await atKeyboard(
      [{ expect: '# ' }, { type: `${second}; echo co""de $?\n` }, { expect: 'code 4' }, { type: 'exit\n' }],
      control,
    );
    expect(shown).toContain('second');
  });

  it('tells of a wish for the agent and does not grant it', async () => {
    house.acts.length = 0;
    const agent = spawn('ssh-agent', ['-D', '-a', `${house.folder}/agent`], { stdio: 'ignore' });
    await until('the agent is there', () => existsSync(`${house.folder}/agent`));
    const { shown } = await atKeyboard(
      [{ expect: '# ' }, { type: 'echo "[$SSH_AUTH_SOCK]"; exit\n' }, { expect: '[]' }],
      ['-A', '-o', `IdentityAgent=${house.folder}/agent`],
    );
    agent.kill();
    expect(shown).not.toContain('in vain');
    expect(house.acts).toEqual([{ kind: 'forward', text: 'agent' }]);
  });
});
