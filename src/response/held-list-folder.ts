import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FrozenList,
  type FrozenOrder,
  type FrozenProcess,
  frozenOrders,
} from '../core/ports/frozen-list.js';
import { syncFolder } from './durable-file.js';
import { checkedIncidentId } from './evidence-name.js';

const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;

interface Entry {
  readonly pid: number;
  readonly started_at_ns: string;
  readonly name?: string;
  readonly touched_at_ns: string;
}

/**
 * `<stateDir>/held/<incident>.json`: the frozen processes of an incident, with the boot they live in. Beside
 * it `<incident>.release` or `<incident>.kill` is what an operator asks for.
 */
export class HeldListFolder implements FrozenList {
  readonly #folder: string;

  constructor(options: { readonly stateDir: string }) {
    this.#folder = join(options.stateDir, 'held');
  }

  async load(): Promise<ReadonlyMap<string, readonly FrozenProcess[]>> {
    const found = new Map<string, readonly FrozenProcess[]>();
    const bootId = await thisBoot();
    for (const name of await this.#names()) {
      if (!name.endsWith('.json')) continue;
      const incidentId = name.slice(0, -'.json'.length);
      const processes = await this.#read(name, bootId);
      // The host started anew since: nobody of then stands still.
      if (processes.length > 0) found.set(incidentId, processes);
      else await rm(join(this.#folder, name), { force: true });
    }
    return found;
  }

  /** What is listed of one incident; none when nobody of it is frozen. */
  async of(incidentId: string): Promise<readonly FrozenProcess[]> {
    return this.#read(`${checkedIncidentId(incidentId)}.json`, await thisBoot());
  }

  async save(incidentId: string, processes: readonly FrozenProcess[]): Promise<void> {
    const path = join(this.#folder, `${checkedIncidentId(incidentId)}.json`);
    if (processes.length === 0) {
      await rm(path, { force: true });
      return;
    }
    const entries = processes.map(
      ({ pid, startedAtNs, name, atNs }): Entry => ({
        pid,
        started_at_ns: `${startedAtNs}`,
        ...(name !== undefined && { name }),
        touched_at_ns: `${atNs}`,
      }),
    );
    await this.#replace(
      path,
      `${JSON.stringify({ boot_id: await thisBoot(), processes: entries }, null, 2)}\n`,
    );
  }

  async orders(): Promise<readonly FrozenOrder[]> {
    const names = await this.#names().catch(() => []);
    return names.flatMap((name) => {
      const dot = name.lastIndexOf('.');
      const order = frozenOrders.find((one) => one === name.slice(dot + 1));
      return order === undefined ? [] : [{ incidentId: name.slice(0, dot), order }];
    });
  }

  async answered({ incidentId, order }: FrozenOrder): Promise<void> {
    await rm(join(this.#folder, `${incidentId}.${order}`), { force: true }).catch(() => {});
  }

  /** Asks the daemon for something; it looks several times a second. */
  async ask({ incidentId, order }: FrozenOrder): Promise<void> {
    await this.#replace(join(this.#folder, `${checkedIncidentId(incidentId)}.${order}`), '');
  }

  /** Whether the order stands unanswered. */
  async isAsked({ incidentId, order }: FrozenOrder): Promise<boolean> {
    return (await this.#names()).includes(`${incidentId}.${order}`);
  }

  async #read(name: string, bootId: string): Promise<readonly FrozenProcess[]> {
    const text = await readFile(join(this.#folder, name), 'utf8').catch(unlessMissing);
    try {
      const { boot_id, processes } = JSON.parse(text) as { boot_id: string; processes: readonly Entry[] };
      return boot_id === bootId ? processes.map(toProcess) : [];
    } catch {
      return [];
    }
  }

  async #replace(path: string, text: string): Promise<void> {
    await mkdir(this.#folder, { mode: 0o700 }).catch(unlessThere);
    const temporary = `${path}.new`;
    const file = await open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(this.#folder);
  }

  #names(): Promise<string[]> {
    return readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  }
}

function toProcess({ pid, started_at_ns, name, touched_at_ns }: Entry): FrozenProcess {
  if (!Number.isSafeInteger(pid) || pid <= 1) throw new Error(`not a process: ${pid}`);
  return {
    pid,
    startedAtNs: BigInt(started_at_ns),
    atNs: BigInt(touched_at_ns),
    ...(typeof name === 'string' && { name }),
  };
}

async function thisBoot(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
}

function unlessMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
