import type { Faker } from '@faker-js/faker';
import kdbxweb from 'kdbxweb';
import { hashed } from './hash-workers.js';

const { Consts, CryptoEngine, Int64, Kdbx, VarDictionary } = kdbxweb;
/** What ends the outer header. */
const lineEnds = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a);

/** The programs that it may be of. */
export const keepassPrograms = ['KeePass', 'KeePassXC'] as const;
export type KeepassProgram = (typeof keepassPrograms)[number];

/** What KeePass 2 has had as PwDefs.DefaultKeyEncryptionRounds for some years each. */
const aesRounds = [60_000, 600_000];

/**
 * Sets how the key is made of the password. For most who use KeePass by AES in a file of version 3.1: that is its
 * default, and it writes version 4 only for what 3.1 cannot hold (KdbxFile.GetMinKdbxVersion).
 */
export function deriveKey(header: Database['header'], program: KeepassProgram, story: Faker): void {
  if (program === 'KeePass' && story.datatype.boolean({ probability: 0.8 })) {
    header.setVersion(3);
    header.keyEncryptionRounds = story.helpers.arrayElement(aesRounds);
  } else header.kdfParameters = argon2Parameters(program, story);
}

/**
 * Argon2's parameters in the order in which the program writes them: KeePass as it sets them
 * (Argon2Kdf.GetDefaultParameters, then Randomize), with its own defaults; KeePassXC by name, and with as many
 * rounds and threads as the computer had where it was set. The salt is drawn anew when the file is written.
 */
function argon2Parameters(program: KeepassProgram, story: Faker): InstanceType<typeof VarDictionary> {
  const ownDefaults = program === 'KeePass';
  const { Bytes, UInt32, UInt64 } = VarDictionary.ValueType;
  const rounds = ownDefaults ? 2 : story.number.int({ min: 3, max: 8 });
  const threads = ownDefaults ? 2 : story.helpers.arrayElement([2, 4, 8]);
  const argon2dId = Uint8Array.from(Buffer.from(Consts.KdfId.Argon2d, 'base64')).buffer;
  const dictionary = new VarDictionary();
  const setters: Record<string, () => void> = {
    $UUID: () => dictionary.set('$UUID', Bytes, argon2dId),
    V: () => dictionary.set('V', UInt32, 0x13),
    I: () => dictionary.set('I', UInt64, Int64.from(rounds)),
    M: () => dictionary.set('M', UInt64, Int64.from(64 * 1024 * 1024)),
    P: () => dictionary.set('P', UInt32, threads),
    S: () => dictionary.set('S', Bytes, new ArrayBuffer(32)),
  };
  const names = Object.keys(setters);
  for (const name of ownDefaults ? names : names.sort()) setters[name]?.();
  return dictionary;
}

type Database = ReturnType<typeof Kdbx.create>;

/** The little that is used of an element of the library's own XML. */
interface XmlElement {
  getElementsByTagName(name: string): { item(at: number): { textContent: string } | null };
}

/** The file, which says inside that the program wrote it: the library would write its own name. */
export async function keepassFile(database: Database, program: KeepassProgram): Promise<ArrayBuffer> {
  const { meta } = database;
  const write = meta.write.bind(meta);
  meta.write = (parent, context) => {
    write(parent, context);
    const generator = (parent as unknown as XmlElement).getElementsByTagName('Generator').item(0);
    if (generator === null) throw new Error('the database does not say which program wrote it');
    generator.textContent = program;
  };
  const { header } = database;
  const writeHeader = header.write.bind(header);
  // Both programs end the header with two ends of line. The library means to, with a digit too few: whoever
  // knows that sees that neither of them wrote the file.
  header.write = (stream) => {
    const writeNumber = stream.setUint32.bind(stream);
    stream.setUint32 = (value, littleEndian) =>
      value === 0x0d0ad0a ? stream.writeBytes(lineEnds) : writeNumber(value, littleEndian);
    writeHeader(stream);
    stream.setUint32 = writeNumber;
  };
  return database.save();
}

/** What the library lacks. */
export const argon2: Parameters<typeof CryptoEngine.setArgon2Impl>[0] = async (
  password,
  salt,
  memorySize,
  iterations,
  hashLength,
  parallelism,
  type,
) => {
  const name = type === CryptoEngine.Argon2TypeArgon2d ? 'argon2d' : 'argon2id';
  const bytes = await hashed(name, {
    password: new Uint8Array(password),
    salt: new Uint8Array(salt),
    memorySize,
    iterations,
    hashLength,
    parallelism,
    outputType: 'binary',
  });
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
};
