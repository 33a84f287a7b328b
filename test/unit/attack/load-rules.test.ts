import { expect, test } from 'vitest';
import { parseRuleBook } from '../../../src/attack/load-rules.js';

const table = `attack: '19.2'
tactics:
  TA0007: Discovery
techniques:
  T1033: { name: System Owner/User Discovery, tactics: [TA0007] }
`;
const rule = `- rule: asks who it is
  technique: T1033
  when: { program: [whoami] }
  true: [whoami]
  false: [who]
`;
const parse = (text: string) =>
  parseRuleBook(
    new Map([
      ['techniques.yaml', table],
      ['x.yaml', text],
    ]),
  );

test('a rule is read with its technique and examples', () => {
  const { attackVersion, rules } = parse(rule);
  expect(attackVersion).toBe('19.2');
  expect(rules).toMatchObject([
    { name: 'asks who it is', techniques: ['T1033'], on: ['exec'], true: ['whoami'] },
  ]);
});

test.each([
  ['a technique that is not in the table', rule.replace('T1033', 'T1034'), 'x.yaml:2: no technique T1034'],
  ['an unknown part of a condition', rule.replace('program:', 'programm:'), 'x.yaml:3:'],
  ['a missing example', rule.replace(/ {2}false.*\n/, ''), 'x.yaml:1:'],
  [
    'a regular expression that may take long',
    rule.replace('program: [whoami]', "text: { regex: '(a+)+b' }"),
    'x.yaml:3:',
  ],
  ['an unknown group', rule.replace('[whoami] }', '[$nobody] }'), 'x.yaml:3: no group $nobody'],
  ['a second rule of one name', rule + rule, 'x.yaml:6: a second rule'],
  ['what is not YAML', '- rule: [', 'x.yaml:1: not valid YAML'],
])('%s is refused with file and line', (_, text, message) => {
  expect(() => parse(text)).toThrow(message);
});
