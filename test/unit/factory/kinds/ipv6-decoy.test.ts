import { expect, test } from 'vitest';
import { kinds, type TrapKindName } from '../../../../src/factory/kinds.js';
import { decoy } from '../../../support/decoy.js';
import { trapContext } from '../../../support/trap-context.js';
import { visibleText } from '../../../support/visible-text.js';

const host = '2001:db8:7::a1';
// Their keys take long, and lead nowhere.
const names = (Object.keys(kinds) as TrapKindName[]).filter(
  (name) => !['keepass', 'gcp-service-account', 'ssh-key', 'jwt-key'].includes(name),
);

test.each(names)('%s: an IPv6 decoy stands in brackets in every URL and before every port', async (name) => {
  for (const seed of [1, 2, 3]) {
    const material = await kinds[name].make({ ...trapContext(seed), decoy: { ...decoy, host } });
    const text = await visibleText(material);
    expect(text).not.toMatch(new RegExp(`://[^\\s"']*(?<!\\[)${host}`));
    for (const port of Object.values(decoy.ports)) expect(text).not.toContain(`${host}:${port}`);
  }
});
