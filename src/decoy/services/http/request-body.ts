import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** `client_max_body_size`, as nginx has it when it is not told otherwise. */
export const mostBodyBytes = 1024 * 1024;

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The whole body. Rejects with BodyTooLarge, and when the connection ends before. */
export async function readBody(request: IncomingMessage, heard: () => void): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > mostBodyBytes) throw new BodyTooLarge();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      heard();
      size += chunk.length;
      if (size > mostBodyBytes) reject(new BodyTooLarge());
      else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the visitor is gone')));
  });
}

export interface UploadedFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

const mostFiles = 16;

/** The files in a body: the parts of a form that have a file name, else the body itself. */
export function uploadedFiles(body: Buffer, type: string | undefined, path: string): UploadedFile[] {
  const [, quoted, plain] =
    /^multipart\/form-data;.*boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(type ?? '') ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return body.length === 0 ? [] : [described(path, body)];
  const files: UploadedFile[] = [];
  for (const part of partsOf(body, `--${boundary}`)) {
    const end = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, Math.min(end, 4096)).toString('utf8');
    const [, name] = /filename="?([^"\r\n]*)/i.exec(head) ?? [];
    if (end < 0 || name === undefined || files.length >= mostFiles) continue;
    files.push(described(name, part.subarray(end + 4, part.length - 2)));
  }
  return files;
}

function* partsOf(body: Buffer, mark: string): Generator<Buffer> {
  let from = body.indexOf(mark);
  while (from >= 0) {
    const next = body.indexOf(mark, from + mark.length);
    if (next < 0) return;
    yield body.subarray(from + mark.length, next);
    from = next;
  }
}

function described(name: string, content: Buffer): UploadedFile {
  return { name, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}
