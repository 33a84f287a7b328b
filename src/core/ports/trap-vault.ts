/** Remembers what was planted. */
export interface TrapVault {
  /** The content as planted, whatever became of the file since; undefined when it is not known. */
  content(trapId: string): Promise<Uint8Array | undefined>;
}
