import { expect, test } from 'vitest';
import { wpConfig } from '../../../../src/factory/kinds/wp-config.js';
import { trapContext } from '../../../support/trap-context.js';

test('numbers that people choose are those of the documentation and of advice, or are left out', async () => {
  const texts = await Promise.all(
    Array.from({ length: 60 }, async (_, seed) =>
      Buffer.from((await wpConfig.make(trapContext(seed))).content).toString(),
    ),
  );
  const valuesOf = (name: string) =>
    texts.flatMap((text) => text.match(new RegExp(`'${name}', *(\\w+)`))?.[1] ?? []);
  // WordPress saves every 60 s by default, its handbook shows 160; 3600 and 250 are seen but rare.
  const intervals = valuesOf('AUTOSAVE_INTERVAL');
  const revisions = valuesOf('WP_POST_REVISIONS');
  for (const found of [intervals, revisions]) {
    expect(found.length).toBeGreaterThan(3);
    expect(found.length).toBeLessThan(texts.length);
  }
  for (const interval of intervals) expect(['60', '120', '160', '300']).toContain(interval);
  for (const revision of revisions) expect(['3', '5', '10', '20', 'false']).toContain(revision);
});
