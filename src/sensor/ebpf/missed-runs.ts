import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Told at once, then at most once in this time, in ms. */
const quietMs = 600_000;

/**
 * Runs of the hooks that the kernel left out: while a program changes a BPF map, whose ever it is, none
 * runs on that processor (`bpf_disable_instrumentation` in include/linux/bpf.h). The kernel counts them
 * for each program (`recursion_misses` in /proc/PID/fdinfo, Linux 5.12).
 */
export class MissedRuns {
  readonly #folder: string;
  readonly #nowMs: () => number;
  #programs: readonly string[] | undefined;
  #told = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(bpftracePid: number, proc = '/proc', nowMs = () => performance.now()) {
    this.#folder = `${proc}/${bpftracePid}`;
    this.#nowMs = nowMs;
  }

  /** How many more since it was told last; 0 while there are none, or it was told a short while ago. */
  take(): number {
    if (this.#nowMs() - this.#toldAtMs < quietMs) return 0;
    this.#programs ??= this.#find();
    const missed = this.#programs.reduce((sum, descriptor) => sum + this.#missesOf(descriptor), 0);
    const more = missed - this.#told;
    if (more <= 0) return 0;
    this.#told = missed;
    this.#toldAtMs = this.#nowMs();
    return more;
  }

  #find(): string[] {
    try {
      return readdirSync(`${this.#folder}/fd`).filter((descriptor) => this.#isProgram(descriptor));
    } catch {
      return [];
    }
  }

  #isProgram(descriptor: string): boolean {
    try {
      return readlinkSync(`${this.#folder}/fd/${descriptor}`) === 'anon_inode:bpf-prog';
    } catch {
      return false;
    }
  }

  #missesOf(descriptor: string): number {
    try {
      const text = readFileSync(`${this.#folder}/fdinfo/${descriptor}`, 'latin1');
      return Number(/^recursion_misses:\s*(\d+)$/m.exec(text)?.[1] ?? 0);
    } catch {
      return 0;
    }
  }
}
