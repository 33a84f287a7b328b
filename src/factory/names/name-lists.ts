/** Names that are common enough in a country not to be recognised; Faker's own lists are known by heart to many. */
export interface NameLists {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly surnames: readonly string[];
  /** The surname as a woman bears it, where it has another form. */
  readonly feminine?: (surname: string) => string;
  /** Names after the father, where people have one. */
  readonly patronymics?: { readonly female: readonly string[]; readonly male: readonly string[] };
}

/** The words of a text, which is easier to read and to keep than a list of strings. */
export function listed(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
