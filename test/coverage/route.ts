import type { TouchOp } from '../../src/core/touch.js';

export const fileSystemNames = ['ext4', 'xfs', 'btrfs', 'tmpfs'] as const;
export type FileSystemName = (typeof fileSystemNames)[number];

/** Where one route finds its own trap, which nobody else touches. */
export interface Place {
  readonly trap: string;
  /** The trap's folder; nothing else lies in it. */
  readonly folder: string;
  /** An empty folder of this route on the same file system. */
  readonly work: string;
  /** Mount point of the file system. */
  readonly mount: string;
  /** Block device below the file system; tmpfs has none. */
  readonly device: string | undefined;
  /** Content of the trap before anybody touched it. */
  readonly content: Buffer;
  /** Path of a compiled access program, executable by every user. */
  program(name: string): string;
}

/** A program to run, without a shell. */
export interface Access {
  readonly command: readonly [program: string, ...args: string[]];
  /** Without it, root. */
  readonly uid?: number;
}

/** An operation that must be told, or several of which one must. */
export type Expectation = TouchOp | readonly TouchOp[];

/** One way to get at a trap. */
export interface Route {
  /** Short and unique; lower-case words. It names the row. */
  readonly name: string;
  /** What the access makes the kernel do to the trap, so what a perfect sensor tells. */
  readonly expects: readonly Expectation[];
  /** Why a file system has no such route. */
  readonly notOn?: Partial<Record<FileSystemName, string>>;
  /** The trap is readable by its owner only. */
  readonly ownerOnly?: true;
  /** The access begins before the sensor is armed, and goes on at a line on its standard input. */
  readonly before?: true;
  /** What must be there before the sensor is armed: links, mounts. */
  prepare?(place: Place): Promise<void>;
  access(place: Place): Access;
  /**
   * Pid of the process that holds, where it is not the one that was started. The access waits for a line
   * on its standard input until then.
   */
  holder?(place: Place): Promise<number>;
  /** Undoes what `prepare` did outside the file system. */
  tidy?(place: Place): Promise<void>;
  /** What the host lacks for this route. */
  missing?(): Promise<string | undefined>;
  readonly proof: Proof;
}

/**
 * What shows that the access really happened; looked at when the sensor has ended, so that a look at the
 * trap is no touch.
 * `content`: the trap's bytes came to standard output. `exit`: the program says so itself. `refused`: it
 * ended with "Permission denied" or EACCES. A function looks for itself.
 */
export type Proof = 'content' | 'exit' | 'refused' | ((place: Place, stdout: Buffer) => Promise<boolean>);

/** uid of `nobody`. */
export const nobody = 65_534;
