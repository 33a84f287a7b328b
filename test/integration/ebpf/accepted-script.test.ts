import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bpftraceEnvironment } from '../../../src/sensor/ebpf/bpftrace-environment.js';
import { type HoldPlan, planHold } from '../../../src/sensor/ebpf/hold-plan.js';
import { type HookPlan, hookSets, planHooks, usedTracepoints } from '../../../src/sensor/ebpf/hook-plan.js';
import { readKernelOffer } from '../../../src/sensor/ebpf/kernel-offer.js';
import { newNonce } from '../../../src/sensor/ebpf/registration.js';
import { renderScript } from '../../../src/sensor/ebpf/script.js';
import { type SupervisedChild, startChild } from '../../../src/sensor/supervised-child.js';
import { everything, functions, kernel } from '../../support/kernel-offer.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';

const run = promisify(execFile);
const sets = hookSets.filter((set) => set !== 'auto');

/** The plan for a set where this kernel offers it. */
async function planHere(set: HookPlan['set']): Promise<HookPlan | undefined> {
  try {
    return planHooks(await readKernelOffer(usedTracepoints), set)[0];
  } catch {
    return undefined;
  }
}

describeWith(['root', 'bpf', 'bpftrace'], 'the installed bpftrace', () => {
  let folder: string;
  let child: SupervisedChild | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phantom-script-'));
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await child?.stop();
    await rm(folder, { recursive: true });
  });

  async function script(plan: HookPlan, hold?: HoldPlan): Promise<string> {
    const path = join(folder, 'sensor.bt');
    await writeFile(path, renderScript(resolve('bpf'), plan, newNonce(), { follow, ...(hold && { hold }) }));
    return path;
  }

  const follow = { session: true, idleSeconds: 300 };
  // The longest there is: two signals, and units to compare.
  const conditions = [{ uid: 34, unit: 'a-unit-with-a-rather-long-name@instance.service' }];
  const holding = planHold('inspect', 'kill', conditions, true);

  it.each(
    sets.flatMap((set) => [['hears', set, undefined] as const, ['holds', set, holding] as const]),
  )('takes the script that %s with the %s hooks and runs it, where the kernel offers them', async (_, set, hold) => {
    const plan = await planHere(set);
    // No kernel offers all of them: kprobes are not built into each.
    if (plan === undefined) return expect(['kprobes', 'page-cache']).toContain(set);
    const lines: string[] = [];
    let ended: string | undefined;
    child = startChild({
      command: 'bpftrace',
      args: ['--unsafe', '-B', 'line', '-f', 'json', await script(plan, hold)],
      environment: bpftraceEnvironment(0),
      onLine: (line) => lines.push(line),
      onExit: (reason) => {
        ended = reason;
      },
    });
    await until(
      'the first heartbeat',
      () => {
        if (ended !== undefined) throw new Error(`${ended}: ${lines.slice(-3).join()}`);
        return lines.some((line) => line.includes('"data": "h '));
      },
      60_000,
    );
  });

  it('parses the script of the kprobes also where the kernel has none', async () => {
    const plan = planHooks(kernel(everything, functions), 'kprobes')[0] as HookPlan;
    // -d prints the syntax tree and attaches nothing.
    const { stdout } = await run('bpftrace', ['--unsafe', '-d', await script(plan, holding)], {
      env: { ...process.env, ...bpftraceEnvironment(0) },
      maxBuffer: 1 << 28,
      timeout: 60_000,
    });
    expect(stdout).toContain('kprobe:security_file_open');
  });

  it('refuses a script with a mistake, so that these tests can fail', async () => {
    const path = await script((await planHere('light')) as HookPlan);
    await writeFile(
      path,
      `${renderScript(resolve('bpf'), (await planHere('light')) as HookPlan, 1n)}\nnonsense {`,
    );
    await expect(run('bpftrace', ['-d', path])).rejects.toThrow('syntax error');
  });
});
