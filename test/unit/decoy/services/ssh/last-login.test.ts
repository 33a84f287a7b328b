import { describe, expect, it } from 'vitest';
import type { DecoyStory } from '../../../../../src/core/decoy/decoy-story.js';
import { LastLogins } from '../../../../../src/decoy/services/ssh/last-login.js';

const story = {
  seed: 3,
  hosts: [
    { role: 'bastion', name: 'gate', address: '10.1.0.5' },
    { role: 'database', name: 'db', address: '10.1.0.9' },
  ],
} as unknown as DecoyStory;
const began = new Date(2026, 10, 23, 18, 0, 0).getTime();

describe('the line about the last login', () => {
  it('tells of somebody of the story in working hours before, the same each time', () => {
    const line = new LastLogins(story, began).line('deploy', '203.0.113.4', began);
    const [, text, from] =
      /^Last login: (\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d 2026) from (\S+)\r\n$/.exec(line) ?? [];
    const at = new Date(text as string);
    expect(at.getTime()).toBeLessThan(began);
    expect(began - at.getTime()).toBeLessThan(6 * 86_400_000);
    expect(at.getHours()).toBeGreaterThanOrEqual(9);
    expect(at.getHours()).toBeLessThan(17);
    expect(['10.1.0.5', '10.1.0.9']).toContain(from);
    expect(new LastLogins(story, began).line('deploy', '203.0.113.4', began)).toBe(line);
  });

  it('tells a visitor who comes back of his own visit', () => {
    const logins = new LastLogins({ ...story, hosts: [] }, began);
    logins.line('deploy', '203.0.113.4', new Date(2026, 11, 3, 4, 5, 6).getTime());
    expect(logins.line('deploy', '203.0.113.9', began)).toBe(
      'Last login: Thu Dec  3 04:05:06 2026 from 203.0.113.4\r\n',
    );
  });

  it('keeps no more names than a bound', () => {
    const logins = new LastLogins(story, began);
    for (let at = 0; at < 300; at += 1) logins.line(`user${at}`, '203.0.113.4', began);
    expect(logins.line('user299', 'x', began)).toContain('203.0.113.4');
    expect(logins.line('user0', 'x', began)).not.toContain('203.0.113.4');
  });
});
