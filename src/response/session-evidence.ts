import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { syncFolder } from './durable-file.js';
import { occupied } from './evidence-ledger.js';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/** What a growing file asks of the folder that it lies in. */
export interface EvidenceRoom {
  /** Whether so many bytes more may be written, in whole blocks; they are counted from then on. */
  grow(bytes: number): Promise<boolean>;
  /** Its hash enters the checksums. */
  list(): Promise<void>;
}

/** Kept free for the last words of a file that met its bound. */
const bytesForEnd = 1024;

/** A file of evidence that is written as things happen: 0600 while it grows, 0400 and hashed at its end. */
export class GrowingEvidence {
  readonly #file: FileHandle;
  readonly #room: EvidenceRoom;
  #size = 0;
  #counted: number;

  private constructor(file: FileHandle, room: EvidenceRoom, counted: number) {
    this.#file = file;
    this.#room = room;
    this.#counted = counted;
  }

  /** Undefined when there is no room even for a small file. Rejects where the name is taken. */
  static async create(
    folder: string,
    path: string,
    room: EvidenceRoom,
  ): Promise<GrowingEvidence | undefined> {
    const first = occupied(bytesForEnd);
    if (!(await room.grow(first))) return undefined;
    const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    await syncFolder(folder);
    return new GrowingEvidence(file, room, first);
  }

  /** False, and nothing is written, when that is beyond the bounds. */
  async append(bytes: Uint8Array): Promise<boolean> {
    const needed = occupied(this.#size + bytes.length + bytesForEnd) - this.#counted;
    if (needed > 0) {
      if (!(await this.#room.grow(needed))) return false;
      this.#counted += needed;
    }
    await this.#write(bytes);
    return true;
  }

  /** Puts on disk what was written. */
  sync(): Promise<void> {
    return this.#file.datasync();
  }

  /** Writes the last words, at most 1,024 bytes, for which there is always room, and closes it. */
  async end(bytes: Uint8Array): Promise<void> {
    try {
      await this.#write(bytes.subarray(0, bytesForEnd));
      await this.#file.chmod(0o400);
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
    await this.#room.list();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    await this.#file.writeFile(bytes);
    this.#size += bytes.length;
  }
}
