/** Version of the event layout, since Linux 2.6.37 (FANOTIFY_METADATA_VERSION). */
const knownVersion = 3;
const metadataBytes = 24;
const infoHeaderBytes = 4;
/** Header, fsid, then handle_bytes and handle_type of `struct file_handle`. */
const fidBytes = infoHeaderBytes + 8 + 8;
const infoTypeFid = 1;

/** One event as the kernel wrote it. */
export interface RawEvent {
  /** Low 32 bits of the mask: all that are in use. */
  readonly mask: number;
  /** An open descriptor of the file in a permission group, else -1. */
  readonly fd: number;
  /** Thread that did it, 0 when it is outside the daemon's pid namespace. */
  readonly threadId: number;
  /** Identity as `fileIdOf` renders it; undefined when the event brings none. */
  readonly fileId: string | undefined;
}

export interface ParsedEvents {
  readonly events: readonly RawEvent[];
  /** What stands in the buffer is not what this version of the interface writes. */
  readonly malformed: boolean;
}

/**
 * Events of what read(2) of a fanotify group gave: `struct fanotify_event_metadata` and its info
 * records (include/uapi/linux/fanotify.h). Stops at the first event that does not fit the buffer.
 */
export function parseEvents(buffer: Buffer): ParsedEvents {
  const events: RawEvent[] = [];
  let at = 0;
  while (at < buffer.length) {
    const length = eventLength(buffer, at);
    if (length === undefined) return { events, malformed: true };
    events.push({
      mask: buffer.readUInt32LE(at + 8),
      fd: buffer.readInt32LE(at + 16),
      threadId: buffer.readInt32LE(at + 20),
      fileId: findFileId(buffer.subarray(at + buffer.readUInt16LE(at + 6), at + length)),
    });
    at += length;
  }
  return { events, malformed: false };
}

/** Identity of a file: `fsid` of its file system, type and bytes of its handle. */
export function fileIdOf(fileSystemId: Uint8Array, handleType: number, handle: Uint8Array): string {
  return `${hex(fileSystemId)}:${handleType}:${hex(handle)}`;
}

function eventLength(buffer: Buffer, at: number): number | undefined {
  if (buffer.length - at < metadataBytes) return undefined;
  const length = buffer.readUInt32LE(at);
  const metadata = buffer.readUInt16LE(at + 6);
  if (buffer[at + 4] !== knownVersion || metadata < metadataBytes) return undefined;
  return length >= metadata && length <= buffer.length - at ? length : undefined;
}

function findFileId(records: Buffer): string | undefined {
  let at = 0;
  while (records.length - at >= infoHeaderBytes) {
    const length = records.readUInt16LE(at + 2);
    if (length < infoHeaderBytes || length > records.length - at) return undefined;
    if (records[at] === infoTypeFid) return readFileId(records.subarray(at, at + length));
    at += length;
  }
  return undefined;
}

function readFileId(record: Buffer): string | undefined {
  if (record.length < fidBytes) return undefined;
  const handleBytes = record.readUInt32LE(12);
  if (handleBytes === 0 || handleBytes > record.length - fidBytes) return undefined;
  const handle = record.subarray(fidBytes, fidBytes + handleBytes);
  return fileIdOf(record.subarray(4, 12), record.readInt32LE(16), handle);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
