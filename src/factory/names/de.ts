import { listed, type NameLists } from './name-lists.js';

/** People in Germany. */
export const germanNames: NameLists = {
  female: listed(`
    Alexandra Andrea Angelika Anja Anke Anna Annette Antje Astrid Barbara Beate Bettina Birgit Britta Carina Carolin
    Christiane Christina Claudia Daniela Doris Elena Elisabeth Esra Eva Franziska Gabriele Heike Ines Isabel Jana
    Janine Jasmin Jennifer Johanna Judith Julia Karin Katharina Kathrin Katja Kerstin Kristina Laura Lea Lena Lisa
    Magdalena Maike Maja Manuela Maren Maria Marina Marion Martina Melanie Miriam Monika Nadine Nicole Nina Olga Petra
    Regina Sabine Sabrina Sandra Sarah Silke Simone Sina Sonja Stefanie Steffi Susanne Svenja Tanja Theresa Ulrike Ute
    Vanessa Vera Verena Viktoria Yvonne`),
  male: listed(`
    Achim Alexander Andreas Arne Axel Benjamin Bernd Björn Carsten Christian Christoph Daniel David Dennis Dieter Dirk
    Dominik Elias Emre Eric Fabian Felix Florian Frank Georg Gerd Hannes Harald Heiko Helge Hendrik Henning Holger
    Ingo Jakob Jan Jens Joachim Jochen Johannes Jonas Jörg Julian Jürgen Kai Karl Karsten Klaus Konstantin Lars Lukas
    Malte Manuel Marc Marcel Marco Mario Markus Martin Matthias Maximilian Mehmet Michael Moritz Nico Niklas Nils Olaf
    Oliver Patrick Paul Peter Philipp Rainer Ralf René Robert Roland Sascha Sebastian Simon Stefan Steffen Sven Thomas
    Thorsten Tim Timo Tobias Uwe Volker Wolfgang`),
  surnames: listed(`
    Ackermann Adam Albrecht Arnold Bachmann Bartsch Bauer Baumann Beck Becker Behrens Berger Bergmann Beyer Böhm
    Brandt Braun Breuer Brinkmann Busch Böttcher Dietrich Dietz Döring Ebert Eckert Engel Ernst Fiedler Förster Franke
    Freitag Friedrich Fuchs Funk Geiger Gerlach Graf Groß Günther Haas Hahn Hansen Hartmann Heinrich Heinze Hermann
    Herzog Hesse Hoffmann Hofmann Horn Huber Hübner Jäger Jahn Jansen Kaiser Kaya Keller Kessler Kirchner Klein Koch
    Köhler König Kraft Kramer Kraus Krause Kretschmer Krüger Kruse Kuhn Kühn Lang Lange Lehmann Lenz Linde Lindner
    Lorenz Ludwig Lutz Maier Marx Mayer Meier Meyer Michel Möller Müller Nagel Neumann Nowak Otto Pape Paul Peters
    Petersen Pfeiffer Pohl Reich Reinhardt Reuter Richter Riedel Ritter Roth Sauer Schäfer Scherer Schilling Schlüter
    Schmid Schmidt Schmitt Schmitz Schneider Scholz Schreiber Schröder Schubert Schulte Schulz Schumacher Schuster
    Schwarz Seidel Seifert Simon Sommer Stahl Stark Stein Steiner Thiel Thomas Ulrich Vogel Vogt Voigt Wagner Walter
    Weber Weidner Weigel Weiß Wenzel Werner Wilhelm Winkler Winter Wolff Yilmaz Zander Ziegler Zimmermann`),
};
