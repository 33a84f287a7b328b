import { constants } from 'node:os';

/** Calls of the C library that Node has not. Each gives -1 on failure; `error` then names why. */
export interface CLibrary {
  socket(family: number, type: number, protocol: number): number;
  setsockopt(descriptor: number, level: number, name: number, value: Buffer, length: number): number;
  bind(descriptor: number, address: Buffer, length: number): number;
  listen(descriptor: number, backlog: number): number;
  getsockname(descriptor: number, address: Buffer, length: Buffer): number;
  fcntl(descriptor: number, command: number, value: number): number;
  prctl(option: number, one: number | bigint, two: Buffer | number, three: number, four: number): number;
  /** Both lists end with null. */
  execve(
    path: string,
    commandLine: readonly (string | null)[],
    environment: readonly (string | null)[],
  ): number;
  /** Where a buffer lies. It stays there as long as it is referenced. */
  addressOf(buffer: Buffer): bigint;
  /** Name of the last call's error, such as `EADDRINUSE`. */
  error(): string;
}

const signatures = {
  socket: 'int socket(int family, int type, int protocol)',
  setsockopt: 'int setsockopt(int fd, int level, int name, const void *value, unsigned int length)',
  bind: 'int bind(int fd, const void *address, unsigned int length)',
  listen: 'int listen(int fd, int backlog)',
  getsockname: 'int getsockname(int fd, void *address, void *length)',
  // Variadic in C; their integers are passed like those of any other function.
  fcntl: 'int fcntl(int fd, int command, long value)',
  prctl: 'int prctl(int option, unsigned long one, void *two, unsigned long three, unsigned long four)',
  execve: 'int execve(const char *path, const char **argv, const char **envp)',
} as const;

// Backwards: of two names of one number (EAGAIN, EWOULDBLOCK) the first is the usual one.
const errorNames = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

let bound: CLibrary | undefined;

/** @throws Error where koffi has no binary for this host */
export async function loadCLibrary(): Promise<CLibrary> {
  if (bound !== undefined) return bound;
  // Only here: a host for which koffi brings no binary must still run everything else.
  const { default: koffi } = await import('koffi');
  // The program itself, which has the C library loaded whatever its file is called.
  const library = koffi.load(null);
  const functions = Object.entries(signatures).map(([name, signature]) => [name, library.func(signature)]);
  const others = {
    addressOf: (buffer: Buffer) => BigInt(koffi.address(buffer)),
    error: () => errorNames.get(koffi.errno()) ?? `error ${koffi.errno()}`,
  };
  bound = { ...Object.fromEntries(functions), ...others } as CLibrary;
  return bound;
}
