/** Numbers of system calls, of x86-64 and of arm64 (arch/x86/entry/syscalls, include/uapi/asm-generic/unistd.h). */
const numbers = {
  x64: {
    audit: 0xc000_003e,
    ...{ socket: 41, connect: 42, sendto: 44, sendmsg: 46, bind: 49, sendmmsg: 307 },
    ...{ clone: 56, kill: 62, tgkill: 234, tkill: 200, sigqueue: 129, tgsigqueue: 297 },
    ...{ ptrace: 101, vmRead: 310, vmWrite: 311, userfault: 323, perf: 298, bpf: 321 },
    ...{ addKey: 248, requestKey: 249, keyctl: 250, unshare: 272, setns: 308 },
  },
  arm64: {
    audit: 0xc000_00b7,
    ...{ socket: 198, connect: 203, sendto: 206, sendmsg: 211, bind: 200, sendmmsg: 269 },
    ...{ clone: 220, kill: 129, tgkill: 131, tkill: 130, sigqueue: 138, tgsigqueue: 240 },
    ...{ ptrace: 117, vmRead: 270, vmWrite: 271, userfault: 282, perf: 241, bpf: 280 },
    ...{ addKey: 217, requestKey: 218, keyctl: 219, unshare: 97, setns: 268 },
  },
} as const;

// The same everywhere since Linux 5.1.
const pidfdCalls = [424, 434, 438];
const ioUring = [425, 426, 427];
const clone3 = 435;

const notPermitted = 1;
const notThere = 38;
const newNetwork = 0x4000_0000;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const anyNameSpace = 0x7e02_0000;
/** A connection opened by its first bytes (tcp(7)), without connect(2). */
const fastOpen = 0x2000_0000;
/** Numbers above are of x32, another way to the same calls. */
const x32 = 0x4000_0000;

const [loadWord, equals, atLeast, anyBit, give] = [0x20, 0x15, 0x35, 0x45, 0x06];
const killProcess = 0x8000_0000;
const allow = 0x7fff_0000;
const refuse = (error: number) => 0x0005_0000 | error;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const answer = (value: number): Instruction => [give, 0, 0, value];
const argument = (index: number): Instruction => [loadWord, 0, 0, 16 + index * 8];

function never(call: number, error = notPermitted): Instruction[] {
  return [[equals, 0, 1, call], answer(refuse(error))];
}

function notWith(call: number, index: number, bits: number): Instruction[] {
  const body = [argument(index), [anyBit, 0, 1, bits], answer(refuse(notPermitted)), answer(allow)] as const;
  return [[equals, 0, body.length, call], ...body];
}

function onlyWith(call: number, index: number, value: number): Instruction[] {
  const body = [argument(index), [equals, 1, 0, value], answer(refuse(notPermitted)), answer(allow)] as const;
  return [[equals, 0, body.length, call], ...body];
}

export const supportedArchitectures: readonly string[] = Object.keys(numbers);

/**
 * A filter for seccomp(2), as an array of `struct sock_filter`: what the child never needs and an intruder in it
 * would. Above all no way to reach another address: the name space has no network, but the sockets that it was given
 * are of the host's, and shutdown(2) or connect(2) turn a listening one into a fresh one that may connect anywhere.
 * Signals go to `pid` itself alone, for other programs run as nobody too.
 * @throws Error for an architecture that it does not know
 */
export function systemCallFilter(architecture: string, pid: number): Buffer {
  const calls = numbers[architecture as keyof typeof numbers];
  if (calls === undefined) throw new Error(`not supported on the architecture ${architecture}`);
  const { connect, bind, socket, ptrace, vmRead, vmWrite, userfault, perf, bpf } = calls;
  const { addKey, requestKey, keyctl, setns, tkill, sigqueue } = calls;
  const refused = [connect, bind, socket, ptrace, vmRead, vmWrite, userfault, perf, bpf];
  refused.push(addKey, requestKey, keyctl, setns, tkill, sigqueue, ...pidfdCalls);
  const instructions: Instruction[] = [
    [loadWord, 0, 0, 4],
    [equals, 1, 0, calls.audit],
    answer(killProcess),
    [loadWord, 0, 0, 0],
    ...(architecture === 'x64' ? [[atLeast, 0, 1, x32] as const, answer(refuse(notThere))] : []),
    ...refused.flatMap((call) => never(call)),
    // What is tried first and has another way: clone(2), epoll(7).
    ...[...ioUring, clone3].flatMap((call) => never(call, notThere)),
    ...notWith(calls.sendto, 3, fastOpen),
    ...notWith(calls.sendmsg, 2, fastOpen),
    ...notWith(calls.sendmmsg, 3, fastOpen),
    ...notWith(calls.clone, 0, anyNameSpace),
    // By unshare(1), before the child itself begins.
    ...onlyWith(calls.unshare, 0, newNetwork),
    ...[calls.kill, calls.tgkill, calls.tgsigqueue].flatMap((call) => onlyWith(call, 0, pid)),
    answer(allow),
  ];
  return assembled(instructions);
}

function assembled(instructions: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes;
}
