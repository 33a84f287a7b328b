import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceDurably, syncFolder } from './durable-file.js';
import { explaining, unless } from './errors.js';
import { freshKeys, type KeyPair, type KeyPool } from './key-pool.js';
import { sha256 } from './trap-file.js';

// The name is the hash of the content, so that a file whose bytes changed is known.
const keyName = /^([0-9a-f]{64})\.key$/;
// A key of 16,384 bits takes 9.3 kB.
const mostBytes = 16_384;
// While it fills, it works one part of the time and rests four.
const restFactor = 4;

export interface KeyStoreOptions {
  /** Absolute path of the state folder, which must be safe; the keys lie in `keys` below it. */
  readonly stateDir: string;
  /** How many RSA keys lie ready. */
  readonly size?: number;
  /** Told what went wrong, in one line; planting goes on without. */
  readonly tell: (message: string) => void;
  /** Where keys come from. */
  readonly source?: KeyPool;
}

/**
 * RSA keys made beforehand: one takes half a second, a thousand traps must not. Each is handed out once,
 * also across a crash: its file is gone from the disk, durably, before anyone gets it. Whatever is wrong
 * with the store, a fresh key is made instead.
 */
export class KeyStore implements KeyPool {
  readonly #folder: string;
  readonly #size: number;
  readonly #tell: (message: string) => void;
  readonly #source: KeyPool;
  readonly #passedOver = new Set<string>();
  readonly #stop = new AbortController();
  #ready: Promise<string[]> | undefined;
  #filling: Promise<void> | undefined;

  constructor({ stateDir, size = 16, tell, source = freshKeys }: KeyStoreOptions) {
    this.#folder = join(stateDir, 'keys');
    this.#size = size;
    this.#tell = tell;
    this.#source = source;
  }

  async rsa(bits: 2048 | 3072 = 3072): Promise<KeyPair> {
    if (bits !== 3072) return this.#source.rsa(bits);
    const pair = await this.#take().catch((error: unknown) => {
      this.#ready = undefined;
      return this.#report('cannot be used', error);
    });
    return pair ?? this.#source.rsa();
  }

  ed25519(): Promise<KeyPair> {
    return this.#source.ed25519();
  }

  elliptic(): Promise<KeyPair> {
    return this.#source.elliptic();
  }

  /** Makes keys in the background until enough lie ready: one after the other, with rests. */
  fill(): void {
    this.#filling ??= this.#fill()
      .catch((error: unknown) => this.#report('cannot be filled', error))
      .finally(() => {
        this.#filling = undefined;
      });
  }

  /** Resolves when the filling that is under way, if any, has ended. */
  async filled(): Promise<void> {
    await this.#filling;
  }

  /** Ends the filling after the key that is being made. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#filling;
  }

  async #take(): Promise<KeyPair | undefined> {
    this.#ready ??= this.#list();
    const ready = await this.#ready;
    // Taken off the list before the next await: two who ask at once get two names.
    for (let name = ready.shift(); name !== undefined; name = ready.shift()) {
      const pair = await this.#open(name);
      if (pair && (await this.#remove(name))) return pair;
    }
    return undefined;
  }

  async #open(name: string): Promise<KeyPair | undefined> {
    const path = join(this.#folder, name);
    const content = await unless('ENOENT', () => contentOf(path)).catch(() => Buffer.alloc(0));
    if (!content) return undefined;
    const pair = name === `${sha256(content)}.key` ? pairFrom(content) : undefined;
    if (pair) return pair;
    this.#passedOver.add(name);
    this.#tell(`${path} is damaged and is not used; remove it`);
    return undefined;
  }

  /** False when another process was faster: then the key is that one's. */
  async #remove(name: string): Promise<boolean> {
    const gone = await unless('ENOENT', async () => {
      await unlink(join(this.#folder, name));
      return true;
    });
    if (gone) await syncFolder(this.#folder);
    return gone ?? false;
  }

  async #list(): Promise<string[]> {
    const names = (await unless('ENOENT', () => readdir(this.#folder))) ?? [];
    return names.filter((name) => keyName.test(name) && !this.#passedOver.has(name));
  }

  async #fill(): Promise<void> {
    await explaining(this.#folder, async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      // The folder may be there from before, and the umask may have taken too much.
      await chmod(this.#folder, 0o700);
    });
    await this.#removeLeftovers();
    while (!this.#stop.signal.aborted && (await this.#list()).length < this.#size) {
      const started = performance.now();
      const { privateKey } = await this.#source.rsa();
      const content = privateKey.export({ type: 'pkcs8', format: 'der' });
      const name = `${sha256(content)}.key`;
      await replaceDurably(join(this.#folder, name), content);
      (await this.#ready)?.push(name);
      const rest = restFactor * (performance.now() - started);
      await sleep(rest, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
    }
  }

  /** What a crash left half written has no name of a key; nobody ever got it. */
  async #removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.#folder))
      if (name.endsWith('.key.new')) await unless('ENOENT', () => unlink(join(this.#folder, name)));
  }

  #report(what: string, error: unknown): undefined {
    this.#tell(`the store of keys ${what}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function contentOf(path: string): Promise<Buffer> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const { size } = await handle.stat();
    return size <= mostBytes ? await handle.readFile() : Buffer.alloc(0);
  } finally {
    await handle.close();
  }
}

function pairFrom(content: Buffer): KeyPair | undefined {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: content, format: 'der', type: 'pkcs8' });
  } catch {
    return undefined;
  }
  if (privateKey.asymmetricKeyType !== 'rsa') return undefined;
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
