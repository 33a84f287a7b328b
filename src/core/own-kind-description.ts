/** What a user wrote to make a kind of trap: a short description, and the text of the template beside it. */
export interface OwnKindDescription {
  readonly name: string;
  readonly summary: string;
  /** Below the traps folder. */
  readonly file: string;
  /** Permission bits. */
  readonly mode: number;
  readonly template: string;
  /** Absolute path of the template, for messages. */
  readonly templatePath: string;
}
