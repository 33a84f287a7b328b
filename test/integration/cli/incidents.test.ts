import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EcsRecorder } from '../../../src/audit/ecs-record.js';
import type { AuditEvent } from '../../../src/core/audit-event.js';
import type { Technique } from '../../../src/core/technique.js';
import { EvidenceFolder } from '../../../src/response/evidence-folder.js';
import { CastRecorder } from '../../../src/response/session-recorder.js';
import { describeWith } from '../../support/requirements.js';
import { passwords, touch } from '../../support/touches.js';

const id = '20261122-215030-7f3ac2d1';
const other = '20261123-000000-00000000';
const atNs = 1_795_388_400_000_000_000n;
const esc = '\u001b';
const technique: Technique = { id: 'T1033', name: 'System Owner/User Discovery', tactics: [] };
const recorder = new EcsRecorder({
  hostName: 'web1',
  version: '0.0.0',
  nowNs: () => atNs,
  bootedAtNs: () => atNs - 3_600_000_000_000n,
});
const incident = { id, openedAtNs: atNs, touches: 1, traps: 1 };
const told: readonly AuditEvent[] = [
  {
    action: 'incident-opened',
    atNs,
    message: 'cat opened a trap',
    incident,
    trap: passwords,
    touch: touch(),
  },
  {
    action: 'trail-exec',
    atNs,
    message: 'ran whoami',
    incident,
    techniques: [{ technique, rule: 'whoami' }],
  },
  {
    action: 'incident-closed',
    atNs,
    message: 'closed',
    incident: { ...incident, touches: 4, closedAtNs: atNs + 60_000_000_000n },
    techniques: [{ technique, rule: 'whoami' }],
  },
  { action: 'incident-opened', atNs, message: 'another', incident: { id: other, openedAtNs: atNs } },
];

let folder: string;
let config: string;
const phantomd = (...args: readonly string[]) =>
  execa('node', ['--import', 'tsx', 'src/main.ts', ...args, '--config', config], { reject: false });

describeWith(['root'], 'phantomd incidents, without a daemon', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'incidents-'));
    config = join(folder, 'phantom.yaml');
    const paths = { traps_dir: join(folder, 'traps'), logs_dir: folder, state_dir: join(folder, 'state') };
    await writeFile(config, JSON.stringify({ paths }));
    const records = told.map((event) => JSON.stringify(recorder.toRecord(event)));
    await writeFile(join(folder, 'audit.json'), `${[...records, '{"half'].join('\n')}`);
    await mkdir(paths.state_dir, { mode: 0o700 });
    const evidence = new EvidenceFolder({ stateDir: paths.state_dir });
    const session = new CastRecorder(evidence).start({
      incidentId: id,
      visitId: 3,
      atNs,
      columns: 80,
      rows: 24,
      terminalType: 'xterm',
      title: 'root from 192.0.2.9',
    });
    session.output(Buffer.from(`${esc}]52;c;ZXZpbA==\u0007${esc}[6n${esc}[31mroot@web1${esc}[0m:~# `));
    session.input(Buffer.from('whoami\r'));
    session.output(Buffer.from('whoami\r\nroot\r\n'));
    await session.close(0);
    const damaged = evidence.folder(other);
    await mkdir(damaged, { mode: 0o700 });
    await writeFile(join(damaged, 'session-1-1.cast'), 'no recording\n');
    await writeFile(
      join(damaged, 'session-1-2.cast'),
      '{"version":3,"term":{"cols":80,"rows":24}}\n[0.1, "o", "first\\n"]\n\u0000\u0000\n[0.1, "o", "second\\n"]\n[0.1, "o", "half',
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are listed with what each comes to', async () => {
    const { stdout, exitCode } = await phantomd('incidents', '--json');
    expect(exitCode).toBe(0);
    const [one, two] = JSON.parse(stdout);
    expect(one).toMatchObject({ id, touches: 4, traps: 1, sessions: 1, techniques: ['T1033'] });
    expect(one.closed).toMatch(/^2026-/);
    expect(one.evidence.bytes).toBeGreaterThan(200);
    expect(two).toMatchObject({ id: other, sessions: 2 });
    expect(two.closed).toBeUndefined();
    expect((await phantomd('incidents')).stdout).toMatch(new RegExp(`^${id} .*T1033$`, 'm'));
  });

  it('are shown with who, which traps, which techniques by which event, sessions and files', async () => {
    const { stdout } = await phantomd('incidents', 'show', id);
    for (const part of [
      /cat\[812\], user www-data/,
      /passwords\.txt/,
      /T1033 .* ran whoami/,
      /session-3-1\.cast/,
      /SHA256SUMS/,
    ])
      expect(stdout).toMatch(part);
    expect(JSON.parse((await phantomd('incidents', 'show', id, '--json')).stdout)).toMatchObject({
      id,
      traps: [{ path: passwords.path, kind: 'passwords' }],
      techniques: [{ id: 'T1033', count: 1, message: 'ran whoami', action: 'trail-exec' }],
      sessions: ['session-3-1.cast'],
    });
  });

  it('are played as text alone where nobody looks at a terminal', async () => {
    const { stdout, stderr, exitCode } = await phantomd('incidents', 'replay', id);
    expect(exitCode).toBe(0);
    expect(stdout).toBe('root@web1:~# whoami\nroot');
    expect(stderr).toContain('root from 192.0.2.9');
    expect(stderr).toContain('exit status 0');
  });

  it('are played on a terminal without what could harm it, and it is as before afterwards', async () => {
    const command = `node --import tsx src/main.ts incidents replay ${id} 1 --speed 10 --config ${config}`;
    const { stdout } = await execa('script', ['-qec', command, '/dev/null'], { stdin: 'ignore' });
    expect(stdout).toContain(`${esc}[31mroot@web1${esc}[0m:~# whoami`);
    expect(stdout).not.toContain(`${esc}]52`);
    expect(stdout).not.toContain(`${esc}[6n`);
    expect(stdout).toContain(`${esc}[?1049l${esc}[?25h`);
  });

  it.each([
    ['no such incident', ['show', 'nothing'], 2, /no incident nothing/],
    ['a name that leads elsewhere', ['replay', '../..'], 2, /no incident/],
    ['no such recording', ['replay', id, '9'], 2, /no recording 9, but session-3-1\.cast/],
    ['several recordings and none named', ['replay', other], 2, /2 recordings/],
    ['a speed that is none', ['replay', id, '--speed', 'fast'], 2, /--speed/],
    ['a damaged recording', ['replay', other, '1'], 13, /does not begin as an asciicast/],
  ])('say in one line what is wrong: %s', async (_, args, code, message) => {
    const { exitCode, stderr } = await phantomd('incidents', ...args);
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(1);
  });

  it('play what is left of a recording, and say that it is damaged', async () => {
    const { stdout, stderr, exitCode } = await phantomd('incidents', 'replay', other, 'session-1-2');
    expect(stdout).toBe('first\nsecond');
    expect(exitCode).toBe(13);
    expect(stderr).toContain('1 damaged lines were left out');
  });
});
