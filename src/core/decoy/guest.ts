/** What a visitor with a shell asks to run inside the sandbox. Every string is the visitor's own. */
export interface GuestRequest {
  /** Login name, one of the story's accounts. */
  readonly user: string;
  /** What to run, by the shell of the account (`-c`); absent for a login shell. */
  readonly command?: string;
  readonly subsystem?: 'sftp';
  /** Address that the visitor comes from. */
  readonly from?: string;
  /** Present when it asked for a terminal. */
  readonly terminal?: GuestTerminal;
  /** LANG and LC_* only, as sshd's AcceptEnv has them. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface GuestTerminal {
  /** Value for TERM: letters, digits, dots, dashes, plus signs. */
  readonly type: string;
  readonly columns: number;
  readonly rows: number;
}

/** How a process of a guest ended: one of the two. */
export interface GuestExit {
  readonly code?: number;
  /** Name without SIG, such as `KILL`. */
  readonly signal?: string;
}

/** Told what a guest's process does. Bytes are never looked at on the way. */
export interface GuestListener {
  output(stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  /** It takes no more input for now, or takes it again. */
  inputFull(full: boolean): void;
  /** The last call. */
  exited(exit: GuestExit): void;
}

/** The other direction: towards a guest's process. None of it throws. */
export interface GuestChannel {
  input(bytes: Uint8Array): void;
  /** No more input comes. */
  endInput(): void;
  resize(columns: number, rows: number): void;
  /** Whether its output is to wait. */
  pause(paused: boolean): void;
  /** The visitor is gone: it ends. */
  hangUp(): void;
}
