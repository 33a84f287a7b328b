import { execa } from 'execa';
import { expect, it } from 'vitest';
import { childCommand } from '../../../src/decoy/host/child-command.js';
import { describeWith } from '../../support/requirements.js';

describeWith(['root'], 'the command line of the process for visitors', () => {
  /** What a program is run by, without Node and what follows. */
  const privileges = () => {
    const command = childCommand({
      folder: '/x',
      program: '/x/y',
      memoryMb: 512,
      searchPath: '/usr/bin:/bin',
    });
    const [program = '', ...rest] = command.slice(0, command.indexOf(process.execPath));
    return [program, rest] as const;
  };

  it('does not reach into another process of the same kind', async () => {
    const [program, before] = privileges();
    const other = execa(program, [...before, 'sleep', '60'], { reject: false });
    try {
      const look = async () => {
        const [looker, by] = privileges();
        return execa(looker, [...by, 'cat', `/proc/${other.pid}/maps`], { reject: false });
      };
      // It is another program until it has become sleep(1).
      await expect.poll(async () => (await execa('cat', [`/proc/${other.pid}/comm`])).stdout).toBe('sleep');
      expect((await look()).stderr).toContain('Permission denied');
    } finally {
      other.kill('SIGKILL');
      await other;
    }
  });
});
