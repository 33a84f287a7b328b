import { latin } from './latin.js';
import type { Locale } from './locale.js';
import { listed } from './names/name-lists.js';
import { namesIn } from './person-name.js';

const plain: Readonly<Record<Locale, string>> = {
  en: `Amber Anchor Autumn Badger Baseball Beacon Bishop Blazer Bridge Broncos Buckeye Bulldog Butter Candle Canyon Carbon
    Cardinal Cedar Chevy Cobalt Coffee Cookie Copper Coral Cowboy Coyote Crater Dakota Denver Diamond Dolphin Dragon Eagle
    Ember Falcon Fishing Football Forest Freedom Galaxy Garnet Glacier Golfer Granite Guitar Harbor Harley Hawk Hockey Hunter
    Indigo Island Jasper Jeep Jungle Kestrel Lakers Lantern Liberty Magnet Maple Marble Meadow Mercury Midnight Monday Monkey
    Mustang Nickel Nova October Olive Onyx Orbit Packers Panther Peanut Pepper Phoenix Pilot Pirate Planet Prairie Pumpkin
    Quartz Rainbow Ranger Raven River Rocket Saddle Sailor Saturn Shadow Silver Skipper Snow Spring Summer Sunset Sunshine
    Tango Thunder Tiger Timber Trouble Tundra Turtle Velvet Violet Walnut Warrior Willow Winter Wizard Yankee Yellow Zephyr`,
  de: `Abend Adler Ahorn Amsel Anker Apfel Autobahn Balkon Baum Bayern Berg Berlin Biene Birke Blume Borussia Brille Brot
    Computer Dackel Dampfer Distel Donau Drache Drucker Eiche Eifel Elch Erde Esel Falke Fahrrad Feder Feier Felsen Fenster
    Feuer Fichte Fisch Flieger Forelle Freitag Freund Fuchs Garten Geheim Gipfel Hafen Hamburg Hammer Harz Hase Haus Heimat
    Herbst Himmel Hirsch Honig Hummel Igel Insel Jaeger Kaffee Karpfen Kastanie Kater Kirsche Koffer Koeln Kuchen Lampe Laterne
    Leipzig Linde Loewe Luchs Mantel Marder Maulwurf Meer Milch Mittwoch Moewe Mond Montag Morgen Motorrad Muenchen Nebel Nord
    Nordsee Oktober Ostsee Panther Papier Pfeffer Pinsel Regen Reise Rhein Ritter Rose Sauna Schalke Schatten Schiff Schloss
    Schnee Schule Segel Sommer Sonne Spatz Sterne Storch Strand Sturm Tanne Tasse Teller Tiger Traktor Urlaub Vogel Wald Wasser
    Weide Wetter Wiese Winter Wolke Ziege Zucker Zug`,
  ru: `Акула Алмаз Апельсин Арбуз Байкал Барсик Береза Билет Буран Василек Весна Ветер Волга Восток Герой Гитара Горизонт Город
    Гранит Гроза Дача Дельфин Деревня Дорога Дракон Дружба Енисей Жираф Завод Закат Замок Звезда Зебра Зенит Зима Золото Игра
    Изумруд Кактус Калина Камаз Камень Капитан Карандаш Касатка Кедр Кефир Клубника Комета Корабль Космос Костер Котенок Крокодил
    Лагуна Ландыш Ласточка Лето Лимон Лисица Локомотив Лотос Луна Любовь Магнит Малина Маркиз Медведь Метель Молния Море Москва
    Мурзик Надежда Океан Орел Осень Остров Пантера Папоротник Парус Пельмени Песня Пиво Пингвин Погода Подарок Победа Понедельник
    Пушок Радуга Ракета Рассвет Река Родина Рыбак Самовар Свет Север Секрет Сирень Снег Сокол Солнце Сосна Спартак Спутник Столица
    Тайга Танкист Тигр Тополь Туман Ураган Утес Фиалка Футбол Хоккей Цветок Чайка Черемуха Шоколад Шторм Экран Юпитер Яблоко Якорь`,
};

const made = new Map<Locale, readonly string[]>();

/** What people of a country make passwords of, in plain letters: things, places, clubs, and the names of people. */
export function passwordWords(locale: Locale): readonly string[] {
  const known = made.get(locale);
  if (known) return known;
  const { male, female, surnames } = namesIn[locale];
  const all = [...listed(plain[locale]), ...male, ...female, ...surnames].map((word) => {
    const letters = latin(word);
    return `${letters.charAt(0).toUpperCase()}${letters.slice(1)}`;
  });
  const words = [...new Set(all)].filter((word) => /^[A-Z][a-z]{3,9}$/.test(word));
  made.set(locale, words);
  return words;
}
