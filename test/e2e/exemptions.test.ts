import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeWith } from '../support/requirements.js';
import { type AuditRecord, Installation } from './phantomd.js';

const response = { containment: 'observe', sandbox: false };

describeWith(['root', 'bpf', 'bpftrace'], 'exemptions', () => {
  let installation: Installation;
  let folder: string;
  let backup: string;

  beforeAll(async () => {
    // Not in /tmp: a program in a folder that everybody can write is refused.
    folder = await mkdtemp('/opt/phantom-e2e-');
    await chmod(folder, 0o755);
    backup = join(folder, 'backup');
    await copyFile('/bin/cat', backup);
  });
  beforeEach(async () => {
    installation = await Installation.make({ response });
  });
  afterEach(() => installation.remove());
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const exempt = (exemptions: unknown) => installation.configure({ response: { ...response, exemptions } });
  const run = (program: string, uid: number) =>
    execa(program, [installation.trap('.env')], { uid, gid: uid, stdin: 'ignore', stdout: 'ignore' });
  const ofProgram =
    (action: string, executable: string, uid = 0) =>
    ({ event, process, user }: AuditRecord) =>
      // Of a program that ends at once the path is known by its arguments alone.
      event.action === action && process?.args?.[0] === executable && user?.id === String(uid);

  it.each(['ebpf', 'fanotify'])('let the backup read, and nobody else (%s)', async (sensor) => {
    const copy = join(folder, `copy-${sensor}`);
    await copyFile(backup, copy);
    await exempt([{ name: 'nightly backup', executable: backup, uid: 0 }]);
    await installation.start([`--sensor=${sensor}`]);
    await run(backup, 0);
    const exempted = await installation.record('the backup', ofProgram('touch-exempted', backup));
    expect(exempted).toMatchObject({
      event: { kind: 'event', severity: 20 },
      file: { path: installation.trap('.env') },
      phantom: {
        exemption: { name: 'nightly backup' },
        trap: { kind: 'env' },
        actor: { certainty: 'kernel' },
      },
    });
    await run(copy, 0);
    await installation.record('the copy', ofProgram('trap-touched', copy));
    await run(backup, 65_534);
    await installation.record('another user', ofProgram('trap-touched', backup, 65_534));
    const records = await installation.records();
    expect(records.find(ofProgram('trap-touched', backup, 0))).toBeUndefined();
    expect(records.find(ofProgram('incident-opened', backup, 0))).toBeUndefined();
    expect(records.find(ofProgram('touch-exempted', copy))).toBeUndefined();
    expect(records.find(ofProgram('touch-exempted', backup, 65_534))).toBeUndefined();
  });

  it('are proposed from the log just so that the daemon takes them', async () => {
    const daemon = await installation.start(['--sensor=ebpf']);
    await run(backup, 0);
    await installation.record('the first touch', ofProgram('trap-touched', backup));
    await daemon.stop();
    const { stdout, stderr, exitCode } = await installation.command('exempt', 'suggest', '--with-hash');
    expect([exitCode, stderr]).toEqual([0, '']);
    const rules = parse(stdout).response.exemptions;
    expect(rules).toMatchObject([{ name: 'backup of uid 0', executable: backup, uid: 0 }]);
    await exempt(rules);
    await installation.start(['--sensor=ebpf']);
    await run(backup, 0);
    const exempted = await installation.record('the same again', ofProgram('touch-exempted', backup));
    expect(exempted.phantom.exemption.name).toBe('backup of uid 0');
    const touched = (await installation.records()).filter(ofProgram('incident-opened', backup));
    expect(touched).toHaveLength(1);
  });

  it('that somebody else than root could write are refused, on record', async () => {
    await exempt([{ name: 'open to all', executable: join(installation.folder, 'tool') }]);
    await copyFile('/bin/cat', join(installation.folder, 'tool'));
    const daemon = await installation.start(['--sensor=ebpf']);
    const refused = await installation.action('exemption-refused');
    expect(refused).toMatchObject({
      phantom: { exemption: { name: 'open to all' } },
      event: { reason: expect.stringMatching(/^\/tmp can be written by everybody$/) },
    });
    expect(daemon.stderr).toContain('exemption open to all is refused');
  });
});
