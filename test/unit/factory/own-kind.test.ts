import { describe, expect, test } from 'vitest';
import { ownKind } from '../../../src/factory/own-kind.js';
import { trapContext } from '../../support/trap-context.js';

const made = async (template: string) =>
  ownKind({
    name: 'notes',
    summary: 'notes',
    file: 'notes.txt',
    mode: 0o644,
    template,
    templatePath: '/etc/phantom/kinds/notes.njk',
  }).make(trapContext(3));

describe("a user's template that cannot be used", () => {
  test.each([
    ['{{ login("ftp", "x") }}', /expected a service/],
    ['{{ number(5, 1) }}', /Max 1/],
    ['{{ unknown(1) }}', /unknown/],
    ['{{ persona.unknown }}', /null or undefined/],
    ['{{ persona | unknown }}', /filter not found/],
    ['{% include "/etc/passwd" %}', /template not found/],
    ['{% unknown %}', /unknown block tag/],
    ['{% if true %}', /end of file/],
  ])('%s is refused with its line', async (bad, what) => {
    const failure = made(`{{ token("t") }}\n\n${bad}\n`);
    await expect(failure).rejects.toThrow(what);
    await expect(failure).rejects.toThrow('/etc/phantom/kinds/notes.njk:3: ');
  });

  test.each(['0', '-5', '5', '1.5', '"x"', '5000000'])('a secret of length %s is none', async (length) => {
    await expect(made(`{{ token("t", ${length}) }}`)).rejects.toThrow(/notes\.njk:1: .*expected length/);
    await expect(made(`{{ generated("t", ${length}) }}`)).rejects.toThrow(/expected length/);
  });

  test('so is a day that is none', async () => {
    await expect(made('{{ token("t") }} {{ daysBefore("x") }}')).rejects.toThrow(/expected days/);
  });
});

test('the lengths of the documentation are taken', async () => {
  const { secrets } = await made('{{ token("a", 8) }} {{ token("b") }} {{ generated("c", 12) }}');
  expect(secrets.map(({ value }) => value.length)).toEqual([8, 32, 12]);
});
