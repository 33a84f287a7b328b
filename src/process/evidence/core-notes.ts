import type { Mapping } from './memory-map.js';

/** Where one thread was, by `/proc/PID/task/TID/syscall`. */
export interface ThreadPlace {
  readonly id: number;
  /** Number of the system call, or -1. */
  readonly call?: bigint;
  readonly args?: readonly bigint[];
  readonly stackPointer: bigint;
  readonly instruction: bigint;
}

export interface CoreFacts {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly gid: number;
  /** `comm` and arguments as latin1 text. */
  readonly name: string;
  readonly args: string;
  readonly threads: readonly ThreadPlace[];
  readonly auxiliary?: Buffer;
  readonly mappings: readonly Mapping[];
  readonly pageBytes: number;
}

/** Registers of `elf_prstatus` by what `syscall` tells, in words of 64 bits (sys/procfs.h, asm/ptrace.h). */
interface Registers {
  readonly count: number;
  readonly args: readonly number[];
  readonly call: number;
  readonly stackPointer: number;
  readonly instruction: number;
  readonly fixed: Readonly<Record<number, bigint>>;
}

const registersOf: Readonly<Record<string, Registers>> = {
  // r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss ...
  x64: {
    count: 27,
    args: [14, 13, 12, 7, 9, 8],
    call: 15,
    stackPointer: 19,
    instruction: 16,
    fixed: { 17: 0x33n, 20: 0x2bn },
  },
  // x0 to x30, sp, pc, pstate
  arm64: {
    count: 34,
    args: [0, 1, 2, 3, 4, 5],
    call: 8,
    stackPointer: 31,
    instruction: 32,
    fixed: {},
  },
};

const noteTypes = { status: 1, process: 3, auxiliary: 6, files: 0x4649_4c45 };

/** Reads `NR ARG... SP PC`; undefined for a thread that runs. */
export function parseThreadPlace(id: number, content: Buffer | undefined): ThreadPlace | undefined {
  const fields = content?.toString('latin1').trim().split(' ') ?? [];
  if (!fields.every((field) => /^(?:-1|\d{1,6}|0x[0-9a-f]{1,16})$/.test(field))) return undefined;
  const numbers = fields.map(BigInt);
  const [stackPointer, instruction] = numbers.slice(-2);
  if (stackPointer === undefined || instruction === undefined) return undefined;
  const [call, ...args] = numbers.slice(0, -2);
  return { id, ...(call !== undefined && { call }), args, stackPointer, instruction };
}

/** The notes of a core: threads first, as gdb takes the first for the current one. */
export function coreNotes(facts: CoreFacts, architecture: string): Buffer {
  const registers = registersOf[architecture];
  const threads = registers === undefined ? [] : facts.threads;
  const notes = threads.map((thread, index) => {
    const status = note(noteTypes.status, threadStatus(facts, thread, registers as Registers));
    return index === 0 ? Buffer.concat([status, note(noteTypes.process, processInfo(facts))]) : status;
  });
  if (facts.auxiliary !== undefined) notes.push(note(noteTypes.auxiliary, facts.auxiliary));
  notes.push(note(noteTypes.files, mappedFiles(facts)));
  return Buffer.concat(notes);
}

/** elf(5): sizes of name and descriptor, type, then both padded to 4 bytes. */
function note(type: number, descriptor: Buffer): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(5, 0);
  head.writeUInt32LE(descriptor.length, 4);
  head.writeUInt32LE(type, 8);
  head.write('CORE', 12, 'latin1');
  return Buffer.concat([head, descriptor, Buffer.alloc((4 - (descriptor.length % 4)) % 4)]);
}

/** `struct elf_prstatus`; what is not known is 0. */
function threadStatus({ parent }: CoreFacts, thread: ThreadPlace, registers: Registers): Buffer {
  const at = 112;
  const status = Buffer.alloc(at + registers.count * 8 + 8);
  status.writeInt32LE(thread.id, 32);
  status.writeInt32LE(parent, 36);
  const put = (register: number, value: bigint) =>
    status.writeBigUInt64LE(BigInt.asUintN(64, value), at + register * 8);
  for (const [register, value] of Object.entries(registers.fixed)) put(Number(register), value);
  for (const [index, value] of (thread.args ?? []).slice(0, 6).entries())
    put(registers.args[index] as number, value);
  if (thread.call !== undefined) put(registers.call, thread.call);
  put(registers.stackPointer, thread.stackPointer);
  put(registers.instruction, thread.instruction);
  return status;
}

/** `struct elf_prpsinfo` */
function processInfo({ pid, parent, uid, gid, name, args }: CoreFacts): Buffer {
  const info = Buffer.alloc(136);
  info.write('T', 1, 'latin1');
  info.writeUInt32LE(uid, 16);
  info.writeUInt32LE(gid, 20);
  info.writeInt32LE(pid, 24);
  info.writeInt32LE(parent, 28);
  info.write(name.slice(0, 15), 40, 'latin1');
  info.write(args.slice(0, 79), 56, 'latin1');
  return info;
}

/** `NT_FILE`: count, size of a page, then addresses and offset in pages of each, then their names. */
function mappedFiles({ mappings, pageBytes }: CoreFacts): Buffer {
  const files = mappings.filter(({ name }) => name.startsWith('/'));
  const words = [files.length, pageBytes];
  for (const { from, to, offset } of files) words.push(from, to, Math.floor(offset / pageBytes));
  const head = Buffer.alloc(words.length * 8);
  for (const [index, word] of words.entries()) head.writeBigUInt64LE(BigInt(word), index * 8);
  return Buffer.concat([head, ...files.map(({ name }) => Buffer.from(`${name}\0`, 'latin1'))]);
}
