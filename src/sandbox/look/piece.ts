import { buffer } from 'node:stream/consumers';
import { type Header, pack } from 'tar-stream';

/** One file, folder or link of what the sandbox shows. */
export interface Piece {
  /** From the root, without a leading slash. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly modified: Date;
  /** Absent for a folder and a link. */
  readonly content?: Buffer;
  /** Where a symbolic link leads. */
  readonly target?: string;
}

/** Who owns what, when nothing else is said. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export function folderPiece(path: string, mode: number, modified: Date, owner: Owner = root): Piece {
  return { path, mode, modified, uid: owner.uid, gid: owner.gid };
}

export function filePiece(
  path: string,
  content: string | Buffer,
  modified: Date,
  mode = 0o644,
  owner: Owner = root,
): Piece {
  const { uid, gid } = owner;
  return { path, mode, modified, uid, gid, content: Buffer.from(content as string) };
}

const root: Owner = { uid: 0, gid: 0 };

/** The pieces as a tar; the same pieces give the same bytes. */
export async function packPieces(pieces: readonly Piece[]): Promise<Buffer> {
  const archive = pack();
  for (const piece of pieces) {
    const header: Partial<Header> & { name: string } = {
      name: piece.path,
      uid: piece.uid,
      gid: piece.gid,
      mode: piece.mode,
      mtime: piece.modified,
    };
    if (piece.target !== undefined) archive.entry({ ...header, type: 'symlink', linkname: piece.target });
    else if (piece.content === undefined)
      archive.entry({ ...header, name: `${piece.path}/`, type: 'directory' });
    else archive.entry(header, piece.content);
  }
  archive.finalize();
  return buffer(archive);
}
