import type { LocaleDefinition } from '@faker-js/faker';

/** Surnames that are common enough not to be recognised; Faker's own list is known by heart to many. */
export const surnames =
  'Abbott Adams Alvarez Andersen Armstrong Bailey Barker Bauer Bennett Bishop Boyle Brennan Brooks Burke Calloway Campbell Carlson Carver Castillo Chambers Chen Coleman Collins Conway Cooper Crawford Cruz Daly Davidson Delgado Dixon Donovan Douglas Drake Duarte Ellis Erickson Espinoza Farrow Ferguson Fischer Fleming Fletcher Foster Fuentes Gallagher Garner Gibson Goodwin Graham Grant Greer Griffin Gupta Hahn Hammond Harding Hartley Hayes Hendricks Herrera Hoffman Holloway Hughes Ibarra Iyer Jacobs Jensen Kaplan Keller Kendrick Khan Kowalski Lambert Larsen Lawson Lindqvist Lowell Maddox Marsh Mathews McBride McKenna Mehta Mendoza Mercer Meyer Monroe Morales Moreno Nakamura Navarro Neumann Nguyen Novak Olsen Ortega Osborne Palmer Patel Pearson Petrov Pierce Porter Quinn Ramsey Reeves Reyes Rhodes Rivera Rosen Salazar Sanders Schneider Shah Shepard Silva Sinclair Soto Spencer Stanton Sullivan Sutton Tanaka Thornton Torres Tucker Vance Vargas Vaughn Wagner Walsh Warren Weaver Webb Whitfield Winters Yates Young Zimmerman'.split(
    ' ',
  );

const firstNames =
  'Aaron Adriana Alan Alicia Allison Amanda Amir Amy Andrea Andrew Angela Anita Anna Anthony Ben Beth Brandon Brian Camille Carlos Caroline Catherine Charles Christina Claire Colin Cynthia Daniel David Dana Deborah Denise Derek Diana Diego Donna Edward Elena Elizabeth Emily Eric Erin Ethan Evan Felix Frank Gabriela George Grace Greg Hannah Heather Helen Henry Ian Irene Isabel Ivan Jack James Janet Jason Jeffrey Jennifer Jessica Joan Joel Jonathan Joseph Julia Justin Karen Katherine Keith Kelly Kevin Laura Lauren Leah Leo Linda Lisa Lucas Luis Marcus Maria Mark Martin Matthew Megan Melissa Michael Michelle Miguel Monica Naomi Natalie Nathan Nicholas Nicole Nina Noah Oliver Olivia Omar Oscar Patricia Patrick Paul Peter Philip Priya Rachel Raj Rebecca Richard Robert Rosa Ruth Ryan Samantha Samuel Sandra Sarah Scott Sean Simon Sofia Stephanie Stephen Susan Teresa Thomas Tiffany Timothy Tina Tom Vanessa Victor Victoria Vincent Wei Wendy William Yuki Zoe'.split(
    ' ',
  );

/** What is laid over a Faker locale so that people have ordinary names. */
export const ordinaryNames: LocaleDefinition = {
  person: {
    first_name: { generic: firstNames, female: firstNames, male: firstNames },
    last_name: { generic: surnames, female: surnames, male: surnames },
  },
};
