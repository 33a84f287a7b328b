import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import type { Touch } from '../../../src/core/touch.js';
import type { TrailEvent } from '../../../src/core/trail.js';
import { report } from './report.js';

const timeoutMs = 60_000;
const routeName = 'stopped, let go, followed';

/** A shell that is no child of this process any more when it reads a trap, and then becomes another program. */
const reader = '(sleep 2; read line < "$1"; exec /bin/true "after $line") > /dev/null 2>&1 &';

/** Has somebody touch a trap who is to be stopped in the kernel, lets them go, and looks what is told of them. */
export async function tryHold(
  hooks: string,
  path: string,
  seen: { readonly touches: readonly Touch[]; readonly trail: readonly TrailEvent[] },
): Promise<void> {
  await execa('sh', ['-c', reader, 'sh', path]);
  const held = await found(() => seen.touches.find((touch) => touch.held === 'stopped'));
  const pid = held?.actor.process?.pid;
  const stood = pid !== undefined && (await found(() => stateOf(pid) === 'T' || undefined)) === true;
  if (pid !== undefined) process.kill(pid, 'SIGCONT');
  const isNext = (event: TrailEvent) => event.kind === 'exec' && event.process.pid === pid;
  const next = pid === undefined ? undefined : await found(() => seen.trail.find(isNext));
  report({
    about: 'route',
    hooks,
    route: routeName,
    seen: [held?.op, next?.kind].filter((one) => one !== undefined).join(' '),
    complaints: [
      ...(held === undefined ? ['nobody was told to be stopped'] : []),
      ...(stood ? [] : [`process ${pid} did not stand still`]),
      ...(next?.process.args?.[1] === 'after trap'
        ? []
        : [`its next program was told as ${JSON.stringify(next?.process.args)}`]),
    ],
  });
}

async function found<Value>(look: () => Value | undefined): Promise<Value | undefined> {
  const giveUp = performance.now() + timeoutMs;
  for (;;) {
    const value = look();
    if (value !== undefined || performance.now() > giveUp) return value;
    await wait(50);
  }
}

function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return undefined;
  }
}
