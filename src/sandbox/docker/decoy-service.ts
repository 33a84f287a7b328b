import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Port on which the decoy answers inside the sandbox. */
export const decoyPort = 8080;

/** Where the decoy's pages lie inside the sandbox. */
export const documentRoot = '/var/www/html';

/** What the sandbox runs as its first process. */
export interface DecoyService {
  /** `idle` where the host has no busybox with an HTTP server: the sandbox lives but answers nothing. */
  readonly name: 'busybox-httpd' | 'idle';
  readonly command: readonly string[];
  readonly port?: number;
}

const idle: DecoyService = { name: 'idle', command: ['/usr/bin/sleep', 'infinity'] };

/** Chooses the decoy by what the host's /usr offers, since the sandbox runs the host's own programs. */
export async function chooseDecoy(hostUsr: string): Promise<DecoyService> {
  // Debian and Arch keep it in bin, Fedora in sbin.
  for (const folder of ['bin', 'sbin']) {
    if (!(await servesHttp(join(hostUsr, folder, 'busybox')))) continue;
    const program = `/usr/${folder}/busybox`;
    const command = [program, 'httpd', '-f', '-p', String(decoyPort), '-h', documentRoot];
    return { name: 'busybox-httpd', command, port: decoyPort };
  }
  return idle;
}

async function servesHttp(busybox: string): Promise<boolean> {
  try {
    await access(busybox, constants.X_OK);
    const { stdout } = await run(busybox, ['--list'], { timeout: 2000 });
    return stdout.split('\n').includes('httpd');
  } catch {
    return false;
  }
}
