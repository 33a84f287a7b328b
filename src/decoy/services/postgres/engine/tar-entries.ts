/** One file or folder of an archive. */
export interface TarEntry {
  /** Without slashes at its ends. */
  readonly path: string;
  readonly isFolder: boolean;
  /** A view into the archive; empty for a folder. */
  readonly bytes: Uint8Array;
}

const block = 512;
const folderType = '5';
const fileTypes = new Set(['0', '\0']);

/**
 * Files and folders of an uncompressed archive of the form ustar. Nothing is copied.
 * @throws Error when it is cut off or has an entry of another kind
 */
export function* tarEntries(archive: Uint8Array): Generator<TarEntry> {
  for (let at = 0; at + block <= archive.length; ) {
    const head = archive.subarray(at, at + block);
    if (head.every((byte) => byte === 0)) return;
    const size = Number.parseInt(text(head, 124, 12), 8) || 0;
    const type = String.fromCharCode(head[156] ?? 0);
    const isFolder = type === folderType;
    const start = at + block;
    if (!isFolder && !fileTypes.has(type)) throw new Error('the archive has an entry of another kind');
    if (start + size > archive.length) throw new Error('the archive is cut off');
    const path = [text(head, 345, 155), text(head, 0, 100)].join('/').replace(/^\/+|\/+$/g, '');
    yield { path, isFolder, bytes: archive.subarray(start, start + (isFolder ? 0 : size)) };
    at = start + Math.ceil(size / block) * block;
  }
}

/** Copied first: a decoder takes no memory that threads share. */
function text(head: Uint8Array, start: number, length: number): string {
  const field = Buffer.from(head.subarray(start, start + length));
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? length : end).trim();
}
