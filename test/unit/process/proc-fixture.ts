import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeProcess {
  readonly pid: number;
  readonly parent?: number;
  /** Ticks of 10 ms since boot. */
  readonly start: number;
  readonly name?: string;
  readonly args?: readonly string[];
  readonly executable?: string;
  readonly workingDirectory?: string;
  readonly uid?: number;
  readonly session?: number;
  readonly tty?: number;
  readonly loginUid?: number;
  readonly auditSession?: number;
  /** Targets by descriptor, with what fdinfo says. */
  readonly descriptors?: Readonly<Record<number, { target: string; info?: string }>>;
  readonly mountinfo?: string;
}

/** A folder that looks like procfs as far as the process room reads it. */
export class ProcFixture {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<ProcFixture> {
    return new ProcFixture(await mkdtemp(join(tmpdir(), 'proc-')));
  }

  async put(process: FakeProcess): Promise<void> {
    const { pid, parent = 1, start, name = 'sh', args = [name], uid = 0, session = pid, tty = 0 } = process;
    const folder = join(this.root, String(pid));
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, 'fd'), { recursive: true });
    await mkdir(join(folder, 'fdinfo'));
    const stat = `${pid} (${name}) S ${parent} ${pid} ${session} ${tty} -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${start} 0 0\n`;
    const files = {
      stat,
      status: `Name:\t${name}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${uid}\t${uid}\t${uid}\t${uid}\n`,
      cmdline: args.map((arg) => `${arg}\0`).join(''),
      loginuid: String(process.loginUid ?? 4_294_967_295),
      sessionid: String(process.auditSession ?? 4_294_967_295),
      mountinfo: process.mountinfo ?? '',
    };
    for (const [file, content] of Object.entries(files))
      await writeFile(join(folder, file), content, 'latin1');
    await symlink(process.executable ?? `/usr/bin/${name}`, join(folder, 'exe'));
    await symlink(process.workingDirectory ?? '/', join(folder, 'cwd'));
    for (const [number, { target, info }] of Object.entries(process.descriptors ?? {})) {
      await symlink(target, join(folder, 'fd', number));
      await writeFile(join(folder, 'fdinfo', number), info ?? '');
    }
  }

  /** Another process has the number, from one read of /proc to the next; its name is in all its files. */
  handOverNow({ pid, start, name = 'sh' }: Pick<FakeProcess, 'pid' | 'start' | 'name'>): void {
    const folder = join(this.root, String(pid));
    const stat = `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${start} 0 0\n`;
    const files = { stat, cmdline: `${name}\0`, environ: `NAME=${name}\0`, cgroup: `0::/${name}.service\n` };
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
    for (const link of ['exe', 'cwd', 'root']) {
      rmSync(join(folder, link), { force: true });
      symlinkSync(`/${name}`, join(folder, link));
    }
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true });
  }
}
