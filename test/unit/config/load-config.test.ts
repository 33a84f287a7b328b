import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigInvalid, loadConfig, parseConfig } from '../../../src/config/load-config.js';
import { configSchema } from '../../../src/config/schema.js';

const shipped = new URL('../../../config/phantom.yaml', import.meta.url);

const advertised = (host: string) =>
  `sandbox:\n  advertise: {host: ${host}, ports: {ssh: 2222, http: 8080, postgres: 5433, redis: 6380}}\n`;

describe('configuration', () => {
  it('ships a file whose every value is the default', () => {
    expect(parseConfig(readFileSync(shipped, 'utf8'), 'phantom.yaml')).toEqual(configSchema.parse(undefined));
  });

  it('ships a file that names every key there is', () => {
    const text = readFileSync(shipped, 'utf8');
    for (const section of Object.values(configSchema.parse(undefined)))
      for (const key of Object.keys(section)) expect(text).toMatch(new RegExp(`^ {2}${key}:`, 'm'));
  });

  it('takes the default for whatever is left out', () => {
    expect(parseConfig('', 'x.yaml')).toEqual(configSchema.parse(undefined));
    expect(parseConfig('sensor:\n  kind: inotify\n', 'x.yaml').sensor).toMatchObject({
      kind: 'inotify',
      restart_min_ms: 250,
    });
  });

  it.each([
    [
      'an unknown key',
      'paths:\n  trap_dir: /x\n',
      'x.yaml:2: paths.trap_dir: unknown key, expected one of traps_dir, logs_dir, state_dir',
    ],
    ['an unknown section', 'sensors: {}\n', 'x.yaml:1: sensors: unknown key, expected one of paths, traps,'],
    ['a wrong type', 'paths:\n\n  logs_dir: 7\n', 'x.yaml:3: paths.logs_dir: expected string, got 7'],
    [
      'a wrong choice',
      'sensor:\n  kind: dtrace\n',
      'x.yaml:2: sensor.kind: expected one of auto, ebpf, fanotify, inotify, got "dtrace"',
    ],
    ['a number too small', 'sandbox:\n  pids: 1\n', 'x.yaml:2: sandbox.pids: expected at least 8, got 1'],
    [
      'a number too large',
      'sandbox:\n  pids: 99999\n',
      'x.yaml:2: sandbox.pids: expected at most 32768, got 99999',
    ],
    [
      'a relative path',
      'paths:\n  logs_dir: var/log\n',
      'x.yaml:2: paths.logs_dir: expected an absolute path',
    ],
    [
      'a path upwards',
      'paths:\n  logs_dir: /var/../etc\n',
      'x.yaml:2: paths.logs_dir: expected an absolute path',
    ],
    [
      'a network that is none',
      'response:\n  redirect_allow: [192.0.2.0/24, 10.0.0.0/33]\n',
      'x.yaml:2: response.redirect_allow.1: expected an IP address or a network such as 192.0.2.0/24',
    ],
    [
      'a redirect to loopback',
      'response:\n  redirect: true\n',
      'x.yaml:2: response.redirect: expected sandbox.advertise.host to be an address of this host other than loopback',
    ],
    [
      'a redirect to no sandbox',
      `response:\n  redirect: true\n  sandbox: false\n${advertised('192.0.2.9')}`,
      'x.yaml:2: response.redirect: expected response.sandbox: true',
    ],
    ['a section that is no map', 'paths: 7\n', 'x.yaml:1: paths: expected a map, got 7'],
    ['an unknown kind', 'traps:\n  kinds: [passwords, honey]\n', 'x.yaml:2: traps.kinds.1: expected one of'],
    ['no kinds', 'traps:\n  kinds: []\n', 'x.yaml:2: traps.kinds: expected at least 1 entries, got []'],
    [
      'ages the wrong way round',
      'traps:\n  age_days: {youngest: 9, oldest: 3}\n',
      'x.yaml:2: traps.age_days:',
    ],
    ['a list instead of sections', '- a\n', 'x.yaml:1: expected a map of sections'],
    ['broken YAML', 'paths:\n  a: [1\n', 'x.yaml:3: not valid YAML'],
    ['a key twice', 'paths: {}\npaths: {}\n', 'x.yaml:2: not valid YAML'],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [${Array(40).fill('*b').join(',')}]\n`,
      'x.yaml:1:',
    ],
  ])('refuses %s in one line with file, line, key and what was expected', (_, text, expected) => {
    let message = '';
    try {
      parseConfig(text, 'x.yaml');
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigInvalid);
      message = (error as Error).message;
    }
    expect(message).toContain(expected);
    expect(message).not.toContain('\n');
  });

  it('takes a redirect to an address of this host, and who is never redirected', () => {
    const text = `response:\n  redirect: true\n  redirect_allow: [192.0.2.7, 10.0.0.0/8, '2001:db8::/32', '::1']\n`;
    const { response } = parseConfig(`${text}${advertised('192.0.2.9')}`, 'x.yaml');
    expect(response).toMatchObject({ redirect: true });
    expect(response.redirect_allow).toEqual(['192.0.2.7', '10.0.0.0/8', '2001:db8::/32', '::1']);
  });

  it('shows no control character of a hostile value', () => {
    expect(() => parseConfig('sensor:\n  kind: "\\e[31m"\n', 'x.yaml')).toThrow(/^[^\p{C}]*$/u);
  });

  it('says that a file cannot be read, and why', async () => {
    await expect(loadConfig('/no/such/file.yaml')).rejects.toThrow(
      '/no/such/file.yaml: cannot be read: ENOENT',
    );
    await expect(loadConfig('/')).rejects.toThrow('/: cannot be read: not a file');
  });
});
