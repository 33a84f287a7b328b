import { storyteller } from './storyteller.js';

const endings = ['.bak', '.old', '.orig', '.save', '.1'];
const middles = [
  '-old',
  '_old',
  '-backup',
  '_backup',
  '-copy',
  '-prev',
  '-new',
  '_2',
  '-v2',
  '_final',
  '-tmp',
];

/**
 * A name beside `name`, as people make them up for one more of the same; each `round`, from 1, gives another.
 * The same story gives the same names.
 */
export function variantName(name: string, round: number, seed: number): string {
  const story = storyteller(seed, `names like ${name}`);
  const forms = story.helpers.shuffle([
    ...endings.map((ending) => `${name}${ending}`),
    ...middles.map((middle) => inserted(name, middle)),
  ]);
  return forms[round - 1] ?? inserted(name, `-${round - forms.length + 2}`);
}

/** Before the last ending; a name that begins with its only dot has none. */
function inserted(name: string, middle: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)}${middle}${name.slice(dot)}` : `${name}${middle}`;
}
