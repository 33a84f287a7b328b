import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startArmed } from '../hold/armed.js';
import { StopWitness } from '../hold/stop-witness.js';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { Installation } from './phantomd.js';

const asRoot = { cwd: '/', reject: false, stdin: 'ignore', timeout: 60_000 } as const;

/** Under the hardest setting: whoever is not spared is dead. */
for (const sensor of ['ebpf', 'fanotify'] as const)
  describeWith(
    ['root', 'bpf', 'bpftrace'],
    `who must never be stopped at a trap, with the ${sensor} sensor`,
    () => {
      let installation: Installation;
      let witness: StopWitness;
      let trap: string;
      let backup: string;
      let rootsOwn: string;

      beforeAll(async () => {
        installation = await Installation.make();
        // A program below a folder that everybody may write to is never exempted.
        rootsOwn = await mkdtemp('/opt/phantom-e2e-');
        await chmod(rootsOwn, 0o755);
        backup = join(rootsOwn, 'backup-run');
        await mkdir(join(installation.folder, 'bin'));
        await copyFile('/bin/cat', backup);
        await installation.configure({
          sensor: { kind: sensor, proof_s: 2 },
          response: {
            containment: 'kill',
            on_tamper: 'kill',
            sandbox: false,
            exemptions: [
              { name: 'backup', executable: backup },
              { name: 'loop devices', executable: '/usr/sbin/losetup' },
            ],
          },
        });
        trap = installation.trap('passwords.txt');
        witness = await StopWitness.open();
        await startArmed(installation);
      });
      afterAll(async () => {
        await installation.remove();
        await rm(rootsOwn, { recursive: true, force: true });
        await witness.close();
      });

      const signalsTo = async (name: RegExp) => (await witness.seen()).filter((sent) => name.test(sent.name));
      const touchBy = (name: string) =>
        installation.record(
          `a touch by ${name}`,
          ({ event, process: toucher, file }) =>
            /touch/.test(event.action) && toucher?.name === name && file?.path === trap,
        );

      it('kills anybody else, and the witness of signals sees it', async () => {
        const stranger = join(installation.folder, 'bin', 'stranger');
        await copyFile('/bin/cat', stranger);
        expect(await execa(stranger, [trap], asRoot)).toMatchObject({ signal: 'SIGKILL', stdout: '' });
        expect((await signalsTo(/^stranger$/)).map(({ signal }) => signal)).toContain('SIGKILL');
      });

      it('lets an exempted program read in peace', async () => {
        const { exitCode, stdout } = await execa(backup, [trap], asRoot);
        expect(exitCode).toBe(0);
        expect(stdout).not.toBe('');
        expect(await signalsTo(/^backup-run$/)).toEqual([]);
      });

      it('kills a copy of the exempted program, whatever it is called', async () => {
        const copy = join(installation.folder, 'backup-run');
        await copyFile(backup, copy);
        expect(await execa(copy, [trap], { ...asRoot, argv0: backup })).toMatchObject({ signal: 'SIGKILL' });
      });

      // Both read the file as their configuration, do not understand it, and end.
      for (const [program, ...args] of [
        ['dockerd', '--config-file'],
        ['containerd', '--config'],
      ] as const)
        it(`lets ${program} read in peace`, async () => {
          const { signal, stderr } = await execa(program, [...args, trap], asRoot);
          expect(signal, stderr).toBeUndefined();
          await touchBy(program);
          expect(await signalsTo(new RegExp(`^${program}`))).toEqual([]);
        });

      describe('the kernel', () => {
        let device: string;
        beforeAll(async () => {
          const made = await execa('losetup', ['--read-only', '--find', '--show', trap]);
          device = made.stdout.trim();
        });
        afterAll(() => execa('losetup', ['--detach', device]));

        it('sends no signal to its own threads, which read for a loop device', async () => {
          await execa('dd', [`if=${device}`, 'of=/dev/null', 'iflag=direct', 'count=1'], asRoot);
          expect(await signalsTo(/^(kworker|loop)/)).toEqual([]);
        });
      });

      it("lets the daemon's own child prove the line, again and again", async () => {
        const proofs = async () =>
          (await installation.records()).filter(({ event }) => event.action === 'sensor-proven').length;
        const before = await proofs();
        await until('two more proofs', async () => (await proofs()) >= before + 2);
        const actions = (await installation.records()).map(({ event }) => event.action);
        expect(actions).not.toContain('sensor-blind');
        // The program that the child runs.
        expect(await signalsTo(/^head$/)).toEqual([]);
      });

      it('puts on record only those who were killed', async () => {
        const killed = (await installation.records()).filter(({ event }) =>
          ['actor-held', 'actor-frozen', 'actor-killed'].includes(event.action),
        );
        expect(new Set(killed.map(({ process: one }) => one.name))).toEqual(
          new Set(['stranger', 'backup-run']),
        );
        // The exempted one is not the one on record.
        expect(killed.map(({ process: one }) => one.executable)).not.toContain(backup);
      });
    },
  );
