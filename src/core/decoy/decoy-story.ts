/** What the decoy shows whoever logs in: the story that the traps tell. Nothing in it is secret. */
export interface DecoyStory {
  /** Details that are not told here are drawn from it, the same each time. */
  readonly seed: number;
  readonly locale: 'en' | 'de' | 'ru';
  /** Name of this host, as its prompt shows it. */
  readonly hostname: string;
  readonly company: string;
  readonly domain: string;
  readonly internalDomain: string;
  /** Short name of the software they run: letters a to z. */
  readonly project: string;
  readonly people: readonly StoryPerson[];
  readonly hosts: readonly StoryHost[];
  /** Everybody who can log in by SSH, by the names that stand in traps; `root` may be among them. */
  readonly accounts: readonly StoryAccount[];
}

export interface StoryPerson {
  readonly name: string;
  readonly login: string;
  readonly email: string;
  /** Position in the company, in its language. */
  readonly title: string;
}

export interface StoryHost {
  /** What it does, such as `database`. */
  readonly role: string;
  readonly name: string;
  readonly address: string;
}

export interface StoryAccount {
  readonly login: string;
  /** As `getent passwd` has it; empty where nobody knows. */
  readonly fullName: string;
}
