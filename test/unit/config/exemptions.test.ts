import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../../src/config/load-config.js';

/** The commented rules of a file, without their marks. */
function examples(path: string): string {
  const lines = readFileSync(path, 'utf8').split('\n');
  const start = lines.indexOf('  # exemptions:');
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('  #   '));
  return ['response:', ...lines.slice(start, end).map((line) => line.replace('# ', ''))].join('\n');
}

describe('the examples of exemptions in config/phantom.yaml', () => {
  const text = examples('config/phantom.yaml');

  it('are what the daemon takes, once the marks are removed', () => {
    expect(parseConfig(text, 'x.yaml').response.exemptions.map(({ name }) => name)).toEqual([
      'updatedb',
      'restic',
      'borg',
      'rsync to the backup server',
      'ClamAV daemon',
      'ClamAV scan',
      'AIDE',
      'systemd-tmpfiles',
    ]);
  });

  it('give an interpreter its unit', () => {
    for (const { executable, unit } of parse(text).response.exemptions)
      expect([executable, unit]).toEqual([executable, expect.stringMatching(/\.service$/)]);
  });
});
