import type { Faker } from '@faker-js/faker';
import { listed } from './names/name-lists.js';

const words = listed(`
  acorn alpine amber anchor apex arbor argo aspen atlas aurora axiom badger bamboo beacon birch bishop bolt bramble
  brass bridge brook canyon carbon cargo cascade castor cedar cinder cobalt comet compass condor copper coral corvus
  crane crest cypress delta dune ember falcon fennel fern fjord flint forge fulcrum galley garnet ginkgo glacier
  granite grove gull harbor hazel helix heron hickory horizon indigo iris ivory jasper juniper kestrel keystone kite
  lagoon lantern larch ledger lumen lynx magnet maple marlin meadow meridian mistral mosaic nimbus north obsidian
  onyx orbit orchard osprey otter pelican pepper pilot pine pioneer plover polaris prairie quarry quartz quill radar
  raven reef relay ridge rowan saffron sage sable sequoia shale sierra signal slate sparrow spruce summit swift sycamore
  talon tamarack tern thistle timber tundra umber vector velvet vertex walnut wharf willow wren yarrow zephyr`);
const subjects = listed(`
  asset booking cargo claims client contract crm data delivery depot dispatch doc fleet freight invoice lager ledger
  logis market medi member merch office order parts partner pay plan portal price product quote rent report route sales
  service shift shop sklad stock store supply ticket tour track trade transit vendor voucher ware zakaz`);
const endings = listed(`
  base bee board box bridge center cloud core desk ding flow force gate grid hub lab line link loop manager map mate
  master one path pilot point pool port pro room scout space spot suite sync track view web wise works yard zone`);

/** Short names of what a company runs, the main one first; each fits a database, a host and a login. */
export function projectsOf(faker: Faker): string[] {
  const names = new Set<string>();
  while (names.size < 4) {
    const plain = faker.helpers.arrayElement(words);
    const made = `${faker.helpers.arrayElement(subjects)}${faker.helpers.arrayElement(endings)}`;
    const name = faker.datatype.boolean({ probability: 0.4 }) ? plain : made;
    // The account of a database or a user may have the name with a suffix: `useradd` allows 32 letters, some tools 16.
    if (name.length <= 12) names.add(name);
  }
  return [...names];
}
