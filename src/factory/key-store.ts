import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceDurably, syncFolder } from './durable-file.js';
import { explaining, unless } from './errors.js';
import type { KeyPair, KeyPool, RsaBits } from './key-pool.js';
import { sha256 } from './trap-file.js';

// The name is the hash of the content, so that a file whose bytes changed is known.
const keyName = /^([0-9a-f]{64})\.key$/;
// A key of 16,384 bits takes 9.3 kB.
const mostBytes = 16_384;

export interface KeyStoreOptions {
  /** Absolute path of the folder the keys lie in; the one above it must be safe. */
  readonly folder: string;
  readonly bits: RsaBits;
  /** How many keys lie ready. */
  readonly size: number;
  /** Told what went wrong, in one line; planting goes on without. */
  readonly tell: (message: string) => void;
  /** Where a key comes from that somebody waits for. */
  readonly source: KeyPool;
  /** Where those come from that lie ready; `source` when absent. */
  readonly idleSource?: KeyPool;
}

/**
 * RSA keys of one length made beforehand: one takes half a second, a thousand traps must not. Each is handed out once,
 * also across a crash: its file is gone from the disk, durably, before anyone gets it. Whatever is wrong
 * with the store, a fresh key is made instead.
 */
export class KeyStore {
  readonly #folder: string;
  readonly #bits: RsaBits;
  readonly #size: number;
  readonly #tell: (message: string) => void;
  readonly #source: KeyPool;
  readonly #idleSource: KeyPool;
  readonly #passedOver = new Set<string>();
  #ready: Promise<string[]> | undefined;
  #prepared: Promise<void> | undefined;
  #claims: Promise<unknown> = Promise.resolve();
  /** Keys that are being made to lie ready. */
  #coming = 0;

  constructor({ folder, bits, size, tell, source, idleSource = source }: KeyStoreOptions) {
    this.#folder = folder;
    this.#bits = bits;
    this.#size = size;
    this.#tell = tell;
    this.#source = source;
    this.#idleSource = idleSource;
  }

  async key(): Promise<KeyPair> {
    const pair = await this.#take().catch((error: unknown) => {
      this.#ready = undefined;
      return this.#report('cannot be used', error);
    });
    return pair ?? this.#source.rsa(this.#bits);
  }

  /** Makes one key more that lies ready; false where enough do, or none can be kept, which is told. */
  async add(): Promise<boolean> {
    try {
      return await this.#add();
    } catch (error) {
      this.#report('cannot be filled', error);
      return false;
    }
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

  async #add(): Promise<boolean> {
    if (this.#size === 0) return false;
    this.#prepared ??= this.#prepare();
    await this.#prepared.catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    const claim = this.#claims.then(() => this.#claim());
    this.#claims = claim.catch(() => undefined);
    if (!(await claim)) return false;
    try {
      const { privateKey } = await this.#idleSource.rsa(this.#bits);
      const content = privateKey.export({ type: 'pkcs8', format: 'der' });
      const name = `${sha256(content)}.key`;
      await replaceDurably(join(this.#folder, name), content);
      (await this.#ready)?.push(name);
      return true;
    } finally {
      this.#coming -= 1;
    }
  }

  async #prepare(): Promise<void> {
    await explaining(this.#folder, async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      // The folder may be there from before, and the umask may have taken too much.
      await chmod(this.#folder, 0o700);
    });
    await this.#removeLeftovers();
  }

  /** Whether one more is wanted, which is then counted; one at a time asks. */
  async #claim(): Promise<boolean> {
    // Before the list: one that is ready meanwhile counts twice for a moment, and none is made too many.
    const coming = this.#coming;
    if ((await this.#list()).length + coming >= this.#size) return false;
    this.#coming += 1;
    return true;
  }

  /** What a crash left half written has no name of a key; nobody ever got it. */
  async #removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.#folder))
      if (name.endsWith('.key.new')) await unless('ENOENT', () => unlink(join(this.#folder, name)));
  }

  #report(what: string, error: unknown): undefined {
    this.#tell(
      `the store of keys ${this.#folder} ${what}: ${error instanceof Error ? error.message : String(error)}`,
    );
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
