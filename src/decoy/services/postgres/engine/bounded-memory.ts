import type { PGlite } from '@electric-sql/pglite';

/** 64 KiB each. The database asks for 2048 of them at its start, and would take up to 32768. */
const mostPages = 4096;
/** What files may grow by, bytes: they lie in memory as well. */
const mostFileGrowth = 128 * 1024 * 1024;
/** ENOSPC in WASI's count. */
const noSpace = 51;

interface MemoryWish {
  readonly initial: number;
  readonly maximum?: number;
}

/** From here on this thread makes no WebAssembly memory above 256 MiB: the database then says `out of memory`. */
export function boundWasmMemory(): void {
  // No type of Node's knows it.
  const { WebAssembly: engine } = globalThis as unknown as {
    WebAssembly: { Memory: new (wanted: MemoryWish) => object };
  };
  class Bounded extends engine.Memory {
    constructor(wanted: MemoryWish) {
      super({ ...wanted, maximum: Math.min(wanted.maximum ?? mostPages, mostPages) });
    }
  }
  engine.Memory = Bounded;
}

type Write = (stream: { node: { usedBytes?: number } }, ...rest: unknown[]) => number;

/** Lets a database's files grow so far and no further: it then meets a full disk. */
export function boundFiles(database: PGlite): void {
  const { FS, MEMFS } = database.Module as unknown as {
    FS: { ErrnoError: new (code: number) => Error };
    MEMFS: { ops_table: { file: { stream: { write: Write } } } | null };
  };
  const operations = MEMFS.ops_table?.file.stream;
  if (operations === undefined) throw new Error('the file system of the database cannot be bounded');
  const write = operations.write;
  let grown = 0;
  operations.write = (stream, ...rest) => {
    const before = stream.node.usedBytes ?? 0;
    const length = Number(rest[2] ?? 0);
    if (grown + length > mostFileGrowth && Number(rest[3]) + length > before)
      throw new FS.ErrnoError(noSpace);
    const written = write(stream, ...rest);
    grown += Math.max(0, (stream.node.usedBytes ?? 0) - before);
    return written;
  };
}
