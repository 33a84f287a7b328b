import { execa } from 'execa';
import { type Attempt, parseAttempt } from './attempt.js';
import type { Way } from './containments.js';

export interface Attack {
  /** The compiled program `attempts`. */
  readonly program: string;
  readonly way: Way;
  readonly trap: string;
  readonly count: number;
  /** Who attempts. The program itself is root, and judges. */
  readonly uid?: number;
  /** Kills whoever stays stopped, once counted. */
  readonly staysStopped?: boolean;
}

const nobody = 65_534;

/** Makes the attempts, one after the other, in a session of their own: one actor. */
export async function attack(wanted: Attack): Promise<Attempt[]> {
  const { program, way, trap, count, uid = nobody, staysStopped = false } = wanted;
  const args = [way, trap, `${count}`, `${uid}`, staysStopped ? 'end' : 'stay'];
  const { stdout } = await execa(program, args, {
    detached: true,
    stdin: 'ignore',
    cwd: '/',
    maxBuffer: 1e9,
    // An attempt that stands still for five seconds is given up by the program itself.
    timeout: 60_000 + count * 5500,
  });
  return stdout.split('\n').map(parseAttempt);
}
