import type { Faker } from '@faker-js/faker';

/**
 * Choices that a template makes: the same for the same persona, template and trap, others for the
 * next persona. Whatever stands in a template outside of them stands in every trap of the kind on
 * every host, where one search finds them all.
 */
export interface Wording {
  /** One of its arguments. */
  pick<Choice>(...choices: Choice[]): Choice;
  /** True in `probability` of all cases, or in every second. */
  maybe(probability?: number): boolean;
  /** The items of a list in another order; sections of a text as macros, for example. */
  shuffle<Item>(items: readonly Item[]): Item[];
  /** Items of a list, between `least` and `most` of them, in their order. */
  some<Item>(items: readonly Item[], least: number, most?: number): Item[];
  /** A whole number from `lowest` to `highest`. */
  between(lowest: number, highest: number): number;
}

/** Choices drawn from a storyteller one after the other. */
export function wordingOf(story: Faker): Wording {
  const between = (lowest: number, highest: number) => story.number.int({ min: lowest, max: highest });
  return {
    pick: (...choices) => story.helpers.arrayElement(choices),
    maybe: (probability = 0.5) => story.datatype.boolean({ probability }),
    shuffle: (items) => story.helpers.shuffle(items),
    some: (items, least, most = items.length) => {
      const places = story.helpers.arrayElements([...items.keys()], between(least, most));
      return places.sort((one, other) => one - other).map((place) => items[place] as (typeof items)[number]);
    },
    between,
  };
}
