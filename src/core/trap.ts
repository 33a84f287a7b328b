/** One planted file. What it holds stays with the factory; the core needs only to recognise it. */
export interface Trap {
  /** Stable name of this planting, such as `passwords-3f9a2c41`; letters, digits and dashes. */
  readonly id: string;
  /** Name of the kind that made it, such as `passwords`. */
  readonly kind: string;
  /** Absolute path, printable. */
  readonly path: string;
  /** SHA-256 of the planted content, hexadecimal. */
  readonly sha256: string;
  /** Size of the planted content in bytes. */
  readonly size: number;
}
