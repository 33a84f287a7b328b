import { connect } from 'node:net';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.js';
import { bare, type Ended, openSshHouse, place, quiet, run, type SshHouse, ssh } from './ssh-house.js';
import { type RealServer, startRealServer } from './ssh-real-server.js';

describeWith(['root', 'ssh', 'ssh-keygen', 'sshpass', 'sshd'], 'beside the real sshd of this host', () => {
  let house: SshHouse;
  let real: RealServer;
  beforeAll(async () => {
    house = await openSshHouse();
    real = await startRealServer(house.folder, house.hostKeyFiles);
  });
  afterAll(async () => {
    real.close();
    await house.close();
  });
  beforeEach(() => {
    for (const list of [house.acts, house.admitted, house.refused, house.guests]) list.length = 0;
  });

  /** The same try at both; what the clients say may differ in the port only. */
  async function both(attempt: (port: number) => Promise<Ended>): Promise<readonly [Ended, Ended]> {
    const [ours, theirs] = await Promise.all([attempt(house.port), attempt(real.port)]);
    const withoutPort = ({ stderr }: Ended) => stderr.replaceAll(/port \d+|:\d{4,5}\b/g, 'port N');
    expect(withoutPort(ours)).toBe(withoutPort(theirs));
    expect(ours.code).toBe(theirs.code);
    return [ours, theirs];
  }

  const byPassword = ['-o', 'PubkeyAuthentication=no'];
  const tried = (user: string, port: number, options = byPassword, password = 'wrong') =>
    run(
      'ssh',
      [...bare, '-o', 'NumberOfPasswordPrompts=1', ...options, '-p', `${port}`, `${user}@127.0.0.1`],
      {
        password,
      },
    );

  it('refuses a wrong password with the same words in the same time, whether the user is known or not', async () => {
    for (const user of ['deploy', 'nobody-here']) {
      for (const { tookMs, stderr } of await both((port) => tried(user, port))) {
        expect(stderr).toContain('Permission denied (publickey,password).');
        // pam_unix and sshd together: 1 to 3 s, and up to the next doubling.
        expect(tookMs).toBeGreaterThan(1000);
        expect(tookMs).toBeLessThan(10_000);
      }
    }
    expect(house.refused).toEqual([
      { user: 'deploy', method: 'password' },
      { user: 'nobody-here', method: 'password' },
    ]);
    expect(house.admitted).toEqual([]);
  });

  it('refuses an empty password and a key as fast, without asking PAM', async () => {
    const [empty, itsEmpty] = await both((port) => tried('deploy', port, byPassword, ''));
    const other = house.hostKeyFiles[2] as string;
    const options = ['-o', 'PasswordAuthentication=no', '-i', other];
    const [key, itsKey] = await both((port) => tried('deploy', port, options));
    expect(empty.tookMs).toBeLessThan(itsEmpty.tookMs + 900);
    expect(key.tookMs).toBeLessThan(itsKey.tookMs + 900);
    expect(house.refused.map(({ method }) => method)).toEqual(['password', 'publickey']);
  });

  it('names the methods before anything was tried', async () => {
    await both((port) => run('ssh', [...quiet, '-o', 'BatchMode=yes', '-p', `${port}`, 'x@127.0.0.1']));
    expect(house.refused).toEqual([]);
  });

  it('does not ask by keyboard-interactive, which it did not offer', async () => {
    const asked = (port: number) =>
      new Promise<string>((resolve) => {
        let prompts = 0;
        const client = new ssh2.Client();
        client.on('keyboard-interactive', (_name, _words, _language, _prompts, answer) => {
          prompts += 1;
          answer(['Tr4p!']);
        });
        client.on('ready', () => resolve('let in'));
        client.on('error', ({ message }) => resolve(`${message}, ${prompts} prompts`));
        client.on('close', () => client.end());
        const options = { host: '127.0.0.1', port, username: 'deploy', tryKeyboard: true };
        client.connect({ ...options, authHandler: ['none', 'keyboard-interactive'] });
      });
    const [ours, theirs] = await Promise.all([asked(house.port), asked(real.port)]);
    expect(ours).toBe(theirs);
    expect(ours).toBe('All configured authentication methods failed, 0 prompts');
    expect(house.refused).toEqual([{ user: 'deploy', method: 'keyboard-interactive' }]);
  });

  it('disconnects at the sixth failure', async () => {
    const keys = ['-o', 'IdentitiesOnly=yes'];
    // Six keys are refused at once, where six passwords would take half a minute.
    const files = Array.from({ length: 6 }, (_, at) => `${house.folder}/many-${at}`);
    for (const file of files) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    const named = files.flatMap((file) => ['-i', file]);
    const [{ stderr }] = await both((port) =>
      run('ssh', [...bare, ...keys, ...named, '-p', `${port}`, 'x@127.0.0.1']),
    );
    expect(stderr).toContain('Too many authentication failures');
    expect(house.refused).toHaveLength(6);
  });

  it('answers what is no SSH as sshd does', async () => {
    for (const line of ['GET / HTTP/1.0\r\n\r\n', 'SSH-1.5-old\r\n', 'SSH-2.0-\r\n']) {
      const [ours, theirs] = await Promise.all([said(house.port, line), said(real.port, line)]);
      expect(ours).toBe(theirs);
    }
    expect(house.acts.map(({ kind }) => kind)).toEqual(['violation', 'violation', 'violation']);
  });

  it('says the same about forwarding, and the desk hears where to', async () => {
    const asReal = ['-i', real.identity];
    const onceIn = (options: readonly string[]) =>
      both((port) =>
        port === real.port
          ? run('ssh', [...bare, ...asReal, '-p', `${port}`, ...options, 'root@127.0.0.1'])
          : run('ssh', [...bare, '-p', `${port}`, ...options, place]),
      );
    const [through] = await onceIn(['-W', '10.9.8.7:5432']);
    expect(through.stderr).toContain('administratively prohibited: open failed');
    await onceIn(['-o', 'ExitOnForwardFailure=yes', '-N', '-R', '19000:10.9.8.7:22']);
    await onceIn(['-o', 'ExitOnForwardFailure=yes', '-N', '-R', '/tmp/phantom-x:10.9.8.7:22']);
    expect(house.acts).toEqual([
      { kind: 'forward', text: '10.9.8.7:5432' },
      { kind: 'forward', text: 'listen localhost:19000' },
      { kind: 'forward', text: 'listen /tmp/phantom-x' },
    ]);
  });

  it('offers what sshd offers in its order, but for what the docs name', async () => {
    const [ours, theirs] = await Promise.all([offered(house.port), offered(real.port)]);
    const missing = /^(sntrup761x25519|diffie-hellman-group-exchange|umac-|mlkem768)/;
    for (const [name, list] of Object.entries(theirs)) {
      expect([name, ours[name]]).toEqual([name, list.filter((algorithm) => !missing.test(algorithm))]);
    }
  });

  /** The lists of the server's KEXINIT and its extensions, as the client shows them. */
  async function offered(port: number): Promise<Record<string, string[]>> {
    const { stderr } = await run('ssh', [
      ...bare,
      '-vvv',
      '-o',
      'BatchMode=yes',
      '-p',
      `${port}`,
      'x@127.0.0.1',
    ]);
    const peers = stderr.slice(stderr.indexOf('peer server KEXINIT proposal'));
    const names = ['KEX algorithms', 'host key algorithms', 'ciphers ctos', 'MACs ctos', 'compression stoc'];
    const lists = names.map((name) => [
      name,
      new RegExp(`${name}: (\\S*)`).exec(peers)?.[1]?.split(',') ?? [],
    ]);
    const extensions = [...peers.matchAll(/kex_input_ext_info: (\S+)/g)].map(([, text]) => text);
    const software = /remote software version (.*)/.exec(stderr)?.[1];
    return Object.fromEntries([...lists, ['extensions', extensions], ['software', [software]]]);
  }

  function said(port: number, line: string): Promise<string> {
    return new Promise((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(line));
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1');
      });
      socket.on('error', () => {}).on('close', () => resolve(text));
    });
  }

  it('lets in whoever has the right password after a wrong one', async () => {
    const { code } = await ssh(house, [place, 'true']);
    expect(code).toBe(0);
  });
});
