import { listed, type NameLists } from './name-lists.js';

/** People in the United States. */
export const englishNames: NameLists = {
  female: listed(`
    Adriana Alicia Allison Amanda Amy Andrea Angela Anita Anna Beth Camille Caroline Catherine Christina
    Claire Cynthia Dana Deborah Denise Diana Donna Elena Elizabeth Emily Erin Gabriela Grace Hannah Heather
    Helen Irene Isabel Janet Jennifer Jessica Joan Julia Karen Katherine Kelly Laura Lauren Leah Linda Lisa
    Maria Megan Melissa Michelle Monica Naomi Natalie Nicole Nina Olivia Patricia Priya Rachel Rebecca Rosa
    Ruth Samantha Sandra Sarah Sofia Stephanie Susan Teresa Tiffany Tina Vanessa Victoria Wendy Yuki Zoe`),
  male: listed(`
    Aaron Alan Amir Andrew Anthony Ben Brandon Brian Carlos Charles Colin Daniel David Derek Diego Edward Eric
    Ethan Evan Felix Frank George Greg Henry Ian Ivan Jack James Jason Jeffrey Joel Jonathan Joseph Justin
    Keith Kevin Leo Lucas Luis Marcus Mark Martin Matthew Michael Miguel Nathan Nicholas Noah Oliver Omar
    Oscar Patrick Paul Peter Philip Raj Richard Robert Ryan Samuel Scott Sean Simon Stephen Thomas Timothy Tom
    Victor Vincent Wei William`),
  surnames: listed(`
    Abbott Adams Alvarez Andersen Armstrong Bailey Barker Bauer Bennett Bishop Boyle Brennan Brooks Burke
    Calloway Campbell Carlson Carver Castillo Chambers Chen Coleman Collins Conway Cooper Crawford Cruz Daly
    Davidson Delgado Dixon Donovan Douglas Drake Duarte Ellis Erickson Espinoza Farrow Ferguson Fischer
    Fleming Fletcher Foster Fuentes Gallagher Garner Gibson Goodwin Graham Grant Greer Griffin Gupta Hahn
    Hammond Harding Hartley Hayes Hendricks Herrera Hoffman Holloway Hughes Ibarra Iyer Jacobs Jensen Kaplan
    Keller Kendrick Khan Kowalski Lambert Larsen Lawson Lindqvist Lowell Maddox Marsh Mathews McBride McKenna
    Mehta Mendoza Mercer Meyer Monroe Morales Moreno Nakamura Navarro Neumann Nguyen Novak Olsen Ortega
    Osborne Palmer Patel Pearson Petrov Pierce Porter Quinn Ramsey Reeves Reyes Rhodes Rivera Rosen Salazar
    Sanders Schneider Shah Shepard Silva Sinclair Soto Spencer Stanton Sullivan Sutton Tanaka Thornton Torres
    Tucker Vance Vargas Vaughn Wagner Walsh Warren Weaver Webb Whitfield Winters Yates Young Zimmerman`),
};
