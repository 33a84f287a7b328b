import { execa } from 'execa';
import { toPrintable } from '../../core/printable.js';
import type { NftCommand } from './ruleset.js';

const timeoutMs = 10_000;
const longestReason = 200;

/** Runs nft(8), which speaks JSON (libnftables-json(5)); `command` is its name, after what it is run by. */
export class Nft {
  readonly #command: readonly [string, ...string[]];

  constructor(command: readonly [string, ...string[]] = ['nft']) {
    this.#command = command;
  }

  /**
   * All of the commands in one transaction, or none.
   * @throws Error with a message of one line
   */
  async run(commands: readonly NftCommand[]): Promise<void> {
    const [program, ...before] = this.#command;
    // As an argument: for `-f -` nft opens /dev/stdin anew, which cannot be done with the socket that Node gives it.
    const input = JSON.stringify({ nftables: [{ metainfo: { json_schema_version: 1 } }, ...commands] });
    const result = await execa(program, [...before, '-j', input], {
      stdin: 'ignore',
      reject: false,
      timeout: timeoutMs,
      maxBuffer: 65_536,
      extendEnv: false,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    });
    if (!result.failed) return;
    throw new Error(reasonOf(result));
  }
}

interface Failure {
  readonly code?: string | undefined;
  readonly timedOut: boolean;
  readonly stderr: string;
  readonly exitCode?: number | undefined;
}

function reasonOf({ code, timedOut, stderr, exitCode }: Failure): string {
  if (code === 'ENOENT') return 'nft is not installed (Debian: apt-get install nftables)';
  if (timedOut) return `nft did not answer within ${timeoutMs / 1000} s`;
  if (stderr.includes('Operation not permitted')) return 'nft may not change rules: CAP_NET_ADMIN is missing';
  // What a kernel answers that has no nf_tables, or no NAT in it.
  if (/Operation not supported|Protocol not supported|No such file or directory/.test(stderr))
    return 'the kernel has no nftables with NAT (nf_tables, nft_nat, nft_redir, nft_fib_inet)';
  const [first = ''] = stderr.split('\n');
  const told = toPrintable(Buffer.from(first)).slice(0, longestReason);
  return told === '' ? `nft failed with ${exitCode ?? code ?? '?'}` : `nft: ${told}`;
}
