import { pbkdf2Sync } from 'node:crypto';
import { createRequire } from 'node:module';
import { gunzipSync, inflateSync } from 'node:zlib';
import bcrypt from 'bcryptjs';
import { strFromU8, unzipSync } from 'fflate';
import kdbxweb from 'kdbxweb';
import initSqlJs from 'sql.js';
import type { TrapMaterial } from '../../src/factory/trap-kind.js';

/**
 * What someone reads who opens the file, and those beside it, with the programs they are for; with its password
 * where it has one. What lies in base64 as text is read too.
 */
export async function visibleText(material: TrapMaterial): Promise<string> {
  const beside = (material.companions ?? []).map((content) => strFromU8(content));
  const text = [await openedText(material), ...beside].join('\n');
  const decoded = [...text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)]
    .map(([blob]) => Buffer.from(blob, 'base64').toString('latin1'))
    .filter((plain) => /^[\t\n\r\x20-\x7e]+$/.test(plain));
  return [text, ...decoded].join('\n');
}

async function openedText(material: TrapMaterial): Promise<string> {
  const content = Buffer.from(material.content);
  const start = content.toString('latin1', 0, 6);
  if (start.startsWith('PK')) return officeText(content);
  if (start.startsWith('%PDF')) return pdfText(content);
  if (start.startsWith('\x1f\x8b')) return withPasswords(gunzipSync(content).toString(), material);
  if (start.startsWith('SQLite')) return withPasswords(await tableText(content), material);
  if (content.readUInt32LE(0) === 0x9aa2d903) return keepassText(content, material);
  const text = strFromU8(content);
  // Whoever opened a keystore knows its password.
  return text.includes('"kdfparams"') ? `${text}\n${secretOf(material, 'password')}` : text;
}

function officeText(content: Uint8Array): string {
  return Object.values(unzipSync(content))
    .map((part) => strFromU8(part))
    .join('\n')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** The texts of a PDF by the Unicode maps of its fonts. */
export function pdfText(content: Buffer): string {
  const file = content.toString('latin1');
  const streamOf = (id: string) => {
    const at = file.indexOf('stream\n', file.indexOf(`\n${id} 0 obj\n`)) + 7;
    return inflateSync(content.subarray(at)).toString('latin1');
  };
  const fonts = new Map<string, Map<string, string>>();
  for (const [, name, id] of file.matchAll(/\/(F\d) (\d+) 0 R/g)) {
    const unicode = file.slice(file.indexOf(`\n${id} 0 obj\n`)).match(/\/ToUnicode (\d+) 0 R/)?.[1] ?? '';
    const codes = [...streamOf(unicode).matchAll(/^<(..)> <([0-9A-F]{4,})>$/gm)];
    const map = codes.map(([, code, hex]): [string, string] => [
      `${code}`,
      Buffer.from(`${hex}`, 'hex').swap16().toString('utf16le'),
    ]);
    fonts.set(`${name}`, new Map(map));
  }
  const lines: string[] = [];
  for (const [, id] of file.matchAll(/\/Contents (\d+) 0 R/g)) {
    for (const [, font, hex] of streamOf(`${id}`).matchAll(/\/(F\d) [\d.]+ Tf\[?(<.*>)\]?TJ?j?/g)) {
      lines.push(
        (`${hex}`.replaceAll(/>-?\d+<|[<>]/g, '').match(/../g) ?? [])
          .map((code) => fonts.get(`${font}`)?.get(code))
          .join(''),
      );
    }
  }
  return [...lines, file.match(/\/Producer<[^>]*>/)?.[0] ?? ''].join('\n');
}

async function tableText(content: Buffer): Promise<string> {
  const require = createRequire(import.meta.url);
  const engine = await initSqlJs({ locateFile: (file) => require.resolve(`sql.js/dist/${file}`) });
  const database = new engine.Database(content);
  const tables = database.exec("select name from sqlite_master where type = 'table'")[0]?.values.flat() ?? [];
  const rows = tables.flatMap((table) => database.exec(`select * from "${table}"`)[0]?.values ?? []);
  database.close();
  return rows.map((row) => row.join('\t')).join('\n');
}

async function keepassText(content: Buffer, material: TrapMaterial): Promise<string> {
  const master = secretOf(material, 'master password');
  const bytes = new Uint8Array(content).buffer;
  const database = await kdbxweb.Kdbx.load(
    bytes,
    new kdbxweb.Credentials(kdbxweb.ProtectedValue.fromString(master)),
  );
  const values = [...database.getDefaultGroup().allEntries()].flatMap((entry) =>
    [...entry.fields.values()].map((value) => (typeof value === 'string' ? value : value.getText())),
  );
  return [database.meta.generator, ...values, master].join('\n');
}

/** Passwords behind hashes are visible to whoever guesses them. */
function withPasswords(text: string, { secrets }: TrapMaterial): string {
  const hashes = text.match(/\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/g) ?? [];
  const guessed = secrets.filter(
    ({ label, value }) =>
      label.startsWith('password of') &&
      hashes.some((hash) => hash === hashes[0] && bcrypt.compareSync(value, hash)),
  );
  const derived = text.match(/pbkdf2_sha256\$(\d+)\$(\w+)\$([A-Za-z0-9+/=]+)/);
  const django = secrets.filter(
    ({ label, value }) => label.startsWith('password of') && derived !== null && isDerived(value, derived),
  );
  return [text, ...[...guessed, ...django].map(({ value }) => value)].join('\n');
}

function isDerived(password: string, [, iterations, salt = '', hash]: readonly string[]): boolean {
  return pbkdf2Sync(password, salt, Number(iterations), 32, 'sha256').toString('base64') === hash;
}

function secretOf({ secrets }: TrapMaterial, label: string): string {
  return secrets.find((secret) => secret.label === label)?.value ?? '';
}
