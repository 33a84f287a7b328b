import type { Faker } from '@faker-js/faker';

const palettes = [
  ['1F3864', 'DEE6F3'],
  ['44546A', 'E7E6E6'],
  ['2E5E4E', 'E2EFDA'],
  ['7B2C2C', 'F6E5E3'],
  ['3B3838', 'EDEDED'],
  ['1F4E79', 'DDEBF7'],
  ['833C0B', 'FBE5D6'],
  ['4B3869', 'E9E3F1'],
  ['255E91', 'EAF1F8'],
  ['385623', 'EAF2E3'],
] as const;

const fonts = [
  ['Calibri Light', 'Calibri'],
  ['Calibri', 'Calibri'],
  ['Arial', 'Arial'],
  ['Cambria', 'Calibri'],
  ['Segoe UI Semibold', 'Segoe UI'],
  ['Times New Roman', 'Times New Roman'],
  ['Verdana', 'Verdana'],
  ['Tahoma', 'Tahoma'],
  ['Georgia', 'Arial'],
] as const;

/** How a company's documents look: the same in all of them. */
export interface OfficeLook {
  /** Colours as RRGGBB. */
  readonly dark: string;
  readonly pale: string;
  readonly accents: readonly string[];
  readonly headingFont: string;
  readonly bodyFont: string;
}

/** Draws the look of a company. Colours are moved a little, so that two companies rarely share one. */
export function officeLook(story: Faker): OfficeLook {
  const [dark, pale] = story.helpers.arrayElement(palettes);
  const [headingFont, bodyFont] = story.helpers.arrayElement(fonts);
  const near = (colour: string, step: number) =>
    colour
      .match(/../g)
      ?.map((two) =>
        Math.min(255, Math.max(0, Number.parseInt(two, 16) + story.number.int({ min: -step, max: step }))),
      )
      .map((value) => value.toString(16).toUpperCase().padStart(2, '0'))
      .join('') ?? colour;
  return {
    dark: near(dark, 9),
    pale: near(pale, 4),
    accents: Array.from({ length: 6 }, () => story.color.rgb({ prefix: '', casing: 'upper' })),
    headingFont,
    bodyFont,
  };
}
