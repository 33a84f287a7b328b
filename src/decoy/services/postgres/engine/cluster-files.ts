import { MemoryFS, PGlite } from '@electric-sql/pglite';
import { tarEntries } from './tar-entries.js';

interface FileNode {
  contents: Uint8Array;
  usedBytes: number;
}

type Write = (stream: { node: FileNode }, ...rest: unknown[]) => number;

/** What is used of Emscripten's file system in memory. */
interface FileSystem {
  readonly FS: {
    mkdirTree(path: string): void;
    create(path: string, mode: number): void;
    lookupPath(path: string): { node: FileNode };
  };
  readonly MEMFS: { ops_table: { file: { stream: { write: Write } } } | null };
}

/** As PGlite's own loading of an archive leaves them. */
const fileMode = 0o666;

/**
 * The files of a cluster, shared by all databases that are opened from it: a file is copied when it is first written
 * to. So a database comes up without a copy of everything, and costs what it changes.
 */
export class ClusterFiles extends MemoryFS {
  readonly #archive: Uint8Array;

  /** @param cluster an archive without compression */
  constructor(cluster: ArrayBuffer | SharedArrayBuffer) {
    super();
    this.#archive = new Uint8Array(cluster);
  }

  override async initialSyncFs(): Promise<void> {
    const { FS, MEMFS } = (this.pg as PGlite).Module as unknown as FileSystem;
    const root = PGlite.paths.PGDATA;
    FS.mkdirTree(root);
    for (const { path, isFolder, bytes } of tarEntries(this.#archive)) {
      const place = `${root}/${path}`;
      if (isFolder) FS.mkdirTree(place);
      else {
        FS.create(place, fileMode);
        const { node } = FS.lookupPath(place);
        node.contents = bytes;
        node.usedBytes = bytes.length;
      }
    }
    const operations = MEMFS.ops_table?.file.stream;
    if (operations === undefined) throw new Error('the files of the database cannot be shared');
    const { write } = operations;
    const shared = this.#archive.buffer;
    operations.write = (stream, ...rest) => {
      const { node } = stream;
      if (node.contents.buffer === shared) node.contents = new Uint8Array(node.contents);
      return write(stream, ...rest);
    };
  }
}
