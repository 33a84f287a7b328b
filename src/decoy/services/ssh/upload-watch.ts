/** SFTP's SSH_FXP_OPEN, and its flags WRITE, APPEND and CREAT (version 3, which OpenSSH speaks). */
const openRequest = 3;
const writingFlags = 0x02 | 0x04 | 0x08;
/** What a path may be (PATH_MAX), and with it how much of a request is kept. */
const longestPath = 4096;
const mostKept = 1 + 4 + 4 + longestPath + 4;
/** OpenSSH's SFTP_MAX_MSG_LENGTH: beyond it the server gives up, and so does this. */
const longestRequest = 256 * 1024;

/**
 * Looks over what a visitor sends to an sftp server for files that are opened for writing. It only tells: the bytes go
 * to the server inside the sandbox whatever it thinks of them. Bounded: keeps 4 KiB at most.
 */
export class UploadWatch {
  readonly #told: (path: string) => void;
  #kept = Buffer.alloc(0);
  /** Bytes of the request under way that are passed over. */
  #skip = 0;
  #gaveUp = false;

  constructor(told: (path: string) => void) {
    this.#told = told;
  }

  look(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0 && !this.#gaveUp)
      rest = this.#skip > 0 ? this.#passOver(rest) : this.#gather(rest);
  }

  #passOver(bytes: Uint8Array): Uint8Array {
    const passed = Math.min(this.#skip, bytes.length);
    this.#skip -= passed;
    return bytes.subarray(passed);
  }

  /** Takes as much as is needed to judge the request; gives what is left. */
  #gather(bytes: Uint8Array): Uint8Array {
    const wanted = this.#wanted();
    const taken = bytes.subarray(0, wanted - this.#kept.length);
    this.#kept = Buffer.concat([this.#kept, taken]);
    if (this.#kept.length === this.#wanted()) this.#judge();
    return bytes.subarray(taken.length);
  }

  /** The length and the kind first, then the rest of a request that opens something. */
  #wanted(): number {
    if (this.#kept.length < 5) return 5;
    return this.#kept[4] === openRequest ? 4 + Math.min(this.#kept.readUInt32BE(), mostKept) : 5;
  }

  #judge(): void {
    const request = this.#kept;
    const length = request.readUInt32BE();
    this.#kept = Buffer.alloc(0);
    this.#gaveUp = length === 0 || length > longestRequest;
    if (this.#gaveUp) return;
    this.#skip = 4 + length - request.length;
    const path = request[4] === openRequest ? writtenPath(request.subarray(5)) : undefined;
    if (path !== undefined) this.#told(path);
  }
}

/** Of an open request after its kind: a number, the path, the flags. */
function writtenPath(fields: Buffer): string | undefined {
  if (fields.length < 8) return undefined;
  const pathLength = fields.readUInt32BE(4);
  if (pathLength > longestPath || fields.length < 12 + pathLength) return undefined;
  const flags = fields.readUInt32BE(8 + pathLength);
  return flags & writingFlags ? fields.toString('utf8', 8, 8 + pathLength) : undefined;
}
