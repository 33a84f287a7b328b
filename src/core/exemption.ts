/**
 * Lets a known reader (backup, updatedb, scanner) touch traps without an incident. All that is given
 * must hold. Never matched by `comm`, which a process chooses.
 */
export interface Exemption {
  /** Name of the rule, for the log. */
  readonly name: string;
  /** Absolute path of the program; the file that runs must be this one (device and inode). */
  readonly executable: string;
  /** SHA-256 of that file in hexadecimal digits. A changed file is no longer exempt. */
  readonly sha256?: string;
  /** Real user id. */
  readonly uid?: number;
  /** systemd unit that it runs in, such as `restic.service`. */
  readonly unit?: string;
  /** Programs of its ancestors, parent first; as many as are given are compared. */
  readonly parents?: readonly string[];
}
