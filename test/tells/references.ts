import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import type { Requirement } from '../support/requirements.js';
import { credentialFiles } from './credential-files.js';
import { unpack } from './unpack.js';

const fixtures = resolve(import.meta.dirname, '../fixtures/tells');

/** What real files of a kind have too. */
export interface Reference {
  readonly texts: readonly Buffer[];
  /** Why all files of the kind may have one size. */
  readonly sizeReason?: string;
}

/**
 * The allow-list of a kind, `test/fixtures/tells/<kind>.txt`, and a real file of the kind made by its own
 * program. In a list a line is a string of real files (`\n` and `\t` escaped), each block begins with a `#` line
 * that says why, and a line `@size ...` says why all files of the kind may be of one size.
 */
export async function referenceFor(kind: string): Promise<Reference> {
  const path = join(fixtures, `${kind}.txt`);
  const lines = existsSync(path) ? (await readFile(path, 'utf8')).split('\n') : [];
  const sizeReason = lines.find((line) => line.startsWith('@size '))?.slice(6);
  const strings = lines.filter((line) => line !== '' && !line.startsWith('# ') && !line.startsWith('@size '));
  const listed = strings.map((line) => Buffer.from(line.replaceAll('\\n', '\n').replaceAll('\\t', '\t')));
  const made = await inFolder((folder) => (real[kind] ?? credentialFiles[kind]?.make)?.(folder) ?? []);
  return { texts: [...listed, ...made.map((file) => unpack(file))], ...(sizeReason && { sizeReason }) };
}

/** What the host must have for the reference of a kind. */
export function programsOf(kind: string): readonly Requirement[] {
  return ['soffice', 'ssh-keygen', ...(credentialFiles[kind]?.needs ?? [])];
}

type RealFile = (folder: string) => Promise<Buffer[]>;

const real: Readonly<Record<string, RealFile>> = {
  // In the form from before OpenSSH 7.8 and in that of today, with the public half.
  'ssh-key': async (folder) => [
    ...(await sshKeys(folder, 'old', ['-t', 'rsa', '-b', '3072', '-m', 'PEM'])),
    ...(await sshKeys(folder, 'new', ['-t', 'rsa', '-b', '3072'])),
  ],
  'ssh-key-ed25519': (folder) => sshKeys(folder, 'key', ['-t', 'ed25519']),
  salary: async (folder) => {
    await writeFile(join(folder, 'note.txt'), 'one\n\ntwo\n');
    const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
    const convert = ['--convert-to', 'docx', '--outdir', folder, join(folder, 'note.txt')];
    await execa('soffice', [profile, '--headless', ...convert]);
    return [await readFile(join(folder, 'note.docx'))];
  },
};

async function sshKeys(folder: string, name: string, kind: readonly string[]): Promise<Buffer[]> {
  const path = join(folder, name);
  await execa('ssh-keygen', ['-q', ...kind, '-N', '', '-f', path]);
  return [await readFile(path), await readFile(`${path}.pub`)];
}

async function inFolder(make: (folder: string) => Promise<Buffer[]> | Buffer[]): Promise<Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'reference-'));
  try {
    return await make(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
