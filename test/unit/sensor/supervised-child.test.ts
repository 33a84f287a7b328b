import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ChildOptions, type SupervisedChild, startChild } from '../../../src/sensor/supervised-child.js';

interface Run {
  readonly child: SupervisedChild;
  readonly lines: string[];
  readonly overflows: number[];
  readonly reasons: string[];
  readonly exited: Promise<string>;
}

const running: SupervisedChild[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => child.stop(100)));
});

function run(command: string, args: readonly string[], more: Partial<ChildOptions> = {}): Run {
  const lines: string[] = [];
  const overflows: number[] = [];
  const reasons: string[] = [];
  let exit: (reason: string) => void;
  const exited = new Promise<string>((resolve) => {
    exit = resolve;
  });
  const child = startChild({
    command,
    args,
    ...more,
    onLine: (line) => lines.push(line),
    onOverflow: (count) => overflows.push(count),
    onExit: (reason) => {
      reasons.push(reason);
      exit(reason);
    },
  });
  running.push(child);
  return { child, lines, overflows, reasons, exited };
}

const shell = (script: string, more?: Partial<ChildOptions>) => run('sh', ['-c', script], more);
// A dead process may stay a zombie until its new parent reaps it.
const isAlive = (pid: number) => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};

describe('startChild', () => {
  it('hands over every line, the last one without its end too, before the exit', async () => {
    const { lines, exited } = shell("printf 'one\\r\\ntwo\\n\\nhalf'");
    expect(await exited).toBe('sh exited with code 0');
    expect(lines).toEqual(['one', 'two', '', 'half']);
  });

  it('hands over a line while the child runs, also when it comes in pieces', async () => {
    const { lines } = shell("printf 'a'; sleep 0.05; printf 'b\\nc'; exec sleep 60");
    await vi.waitFor(() => expect(lines).toEqual(['ab']));
  });

  it('keeps every byte of garbage in latin1', async () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 10 && byte !== 13);
    const script = `process.stdout.write(Buffer.from([${bytes}, 10]))`;
    const { lines, exited } = run(process.execPath, ['-e', script]);
    await exited;
    expect(lines).toEqual([String.fromCharCode(...bytes)]);
  });

  it('reads UTF-8 when told, across pieces of a character', async () => {
    const { lines, exited } = shell("printf 'h\\303'; sleep 0.05; printf '\\251\\n'", { encoding: 'utf8' });
    await exited;
    expect(lines).toEqual(['hé']);
  });

  it('ends lines at the given separator', async () => {
    const { lines, exited } = shell("printf 'a\\nb\\0\\nc\\0\\n'", { separator: '\0\n' });
    await exited;
    expect(lines).toEqual(['a\nb', 'c']);
  });

  it('drops and counts a line of 1 MB and goes on with the next', async () => {
    const script = `
      const long = 'x'.repeat(1_000_000);
      process.stdout.write('before\\n' + long + '\\nbetween\\n' + long + '\\nafter\\n');`;
    const { lines, overflows, exited } = run(process.execPath, ['-e', script]);
    await exited;
    expect(lines).toEqual(['before', 'between', 'after']);
    expect(overflows).toEqual([1, 2]);
  });

  it('drops and counts a long line that never ends', async () => {
    const { lines, overflows, exited } = run(process.execPath, [
      '-e',
      "process.stdout.write('ok\\n' + 'x'.repeat(1_000_000))",
    ]);
    await exited;
    expect(lines).toEqual(['ok']);
    expect(overflows).toEqual([1]);
  });

  it('drops a line one character over the limit and keeps one at the limit', async () => {
    const { lines, overflows, exited } = shell("printf '12345\\n123456\\n'", { maxLineLength: 5 });
    await exited;
    expect(lines).toEqual(['12345']);
    expect(overflows).toEqual([1]);
  });

  it('names the exit code and the last complaint, made printable', async () => {
    const { exited } = shell("printf 'first\\nlast \\033[31m\\200\\n\\n' >&2; exit 7");
    expect(await exited).toBe('sh exited with code 7: last \\x1b[31m\\x80');
  });

  it('bounds what it keeps of stderr', async () => {
    const { exited } = run(process.execPath, [
      '-e',
      "process.stderr.write('y'.repeat(4000) + '\\n' + 'z'.repeat(1_000_000) + '\\n')",
    ]);
    expect((await exited).length).toBeLessThan(600);
  });

  it('names the signal that killed the child', async () => {
    const { child, exited } = shell('exec sleep 60');
    child.kill('SIGKILL');
    expect(await exited).toBe('sh was killed by SIGKILL');
  });

  it('says at onExit, not by throwing, that a program is missing', async () => {
    const { child, reasons, exited } = run('no-such-program', []);
    expect(reasons).toEqual([]);
    expect(child.pid).toBeUndefined();
    expect(await exited).toBe('no-such-program is not installed or not in PATH');
  });

  it('says at onExit that a program cannot be executed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'child-'));
    const broken = join(folder, 'broken');
    await writeFile(broken, '\x7fELF nonsense');
    await chmod(broken, 0o755);
    expect(await run(broken, []).exited).toMatch(/^broken (exited with code|failed to start)/);
    await rm(folder, { recursive: true });
  });

  it('gives input, arguments and environment as they are, through no shell', async () => {
    const { lines, exited } = run(
      'sh',
      ['-c', 'cat; printf "%s\\n" "$TOLD" "$1"', 'sh', '$(id) "\'; echo no'],
      {
        input: 'from stdin \xe9\n',
        environment: { TOLD: 'told' },
      },
    );
    await exited;
    expect(lines).toEqual(['from stdin \xe9', 'told', '$(id) "\'; echo no']);
  });

  it('outlives a child that reads none of its input', async () => {
    const { exited } = run('true', [], { input: 'x'.repeat(1_000_000) });
    expect(await exited).toBe('true exited with code 0');
  });
});

describe('SupervisedChild.stop', () => {
  it('ends the child and reports the exit once, however often it is called', async () => {
    const { child, reasons } = shell('exec sleep 60');
    await Promise.all([child.stop(), child.stop()]);
    await child.stop();
    expect(reasons).toEqual(['sh was stopped']);
    expect(isAlive(child.pid as number)).toBe(false);
  });

  it('kills a child that ignores SIGTERM', async () => {
    const { child, lines } = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
    await vi.waitFor(() => expect(lines).toEqual(['ready']));
    await child.stop(100);
    expect(isAlive(child.pid as number)).toBe(false);
  });

  it('kills a child that is frozen', async () => {
    const { child, lines } = shell('echo ready; exec sleep 60');
    await vi.waitFor(() => expect(lines).toEqual(['ready']));
    child.kill('SIGSTOP');
    await child.stop(100);
    expect(isAlive(child.pid as number)).toBe(false);
  });

  it('does not wait for a descendant that keeps the pipes open', async () => {
    const { lines, exited } = shell('sleep 30 & echo $!');
    expect(await exited).toBe('sh exited with code 0');
    process.kill(Number(lines[0]), 'SIGKILL');
  });
});

it('a child dies with its parent, even when the parent is killed', async () => {
  const source = join(import.meta.dirname, '../../../src/sensor/supervised-child.ts');
  const script = `
    const { startChild } = await import(${JSON.stringify(source)});
    const child = startChild({ command: 'sleep', args: ['60'], onLine() {}, onExit() {} });
    console.log(child.pid);`;
  const parent = run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  await vi.waitFor(() => expect(parent.lines).toHaveLength(1), 8000);
  const orphan = Number(parent.lines[0]);
  expect(isAlive(orphan)).toBe(true);
  parent.child.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(orphan)).toBe(false));
});
