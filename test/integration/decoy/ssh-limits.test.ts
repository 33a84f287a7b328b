import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, type ClientChannel } from 'ssh2';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { login, openSshHouse, place, type SshHouse, ssh } from './ssh-house.js';

describeWith(['ssh', 'ssh-keygen', 'sshpass'], 'a visitor who asks for too much', () => {
  let house: SshHouse;
  const escaped: unknown[] = [];
  const caught = (error: unknown) => escaped.push(error);
  beforeAll(async () => {
    house = await openSshHouse();
    process.on('uncaughtException', caught).on('unhandledRejection', caught);
  });
  afterAll(async () => {
    await house.close();
    process.off('uncaughtException', caught).off('unhandledRejection', caught);
  });
  beforeEach(() => {
    for (const list of [house.acts, house.guests]) list.length = 0;
  });

  async function logIn(): Promise<{ client: Client; socket: Socket }> {
    const client = new Client();
    client.on('error', () => {});
    const socket = connect(house.port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve).once('error', reject);
      client.connect({ sock: socket, username: login.user, password: login.password });
    });
    return { client, socket };
  }

  const execute = (client: Client, command: string) =>
    new Promise<ClientChannel>((resolve, reject) =>
      client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel))),
    );

  /** Highest memory of this process above what it had, while `work` goes on. */
  async function growth(work: Promise<unknown>): Promise<number> {
    const before = process.memoryUsage().rss;
    let highest = before;
    const timer = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage().rss);
    }, 50);
    await work.finally(() => clearInterval(timer));
    return highest - before;
  }

  it('moves 50 MB out and in', async () => {
    const out = await ssh(house, [place, 'head -c 50000000 /dev/zero']);
    expect(out.stdout.length).toBe(50_000_000);
    const input = randomBytes(50_000_000);
    const sum = createHash('sha256').update(input).digest('hex');
    expect((await ssh(house, [place, 'sha256sum'], { input })).stdout.toString()).toContain(sum);
  });

  it('holds little for a visitor who does not read, and goes on when he reads', async () => {
    const { client, socket } = await logIn();
    const channel = await execute(client, 'head -c 200000000 /dev/zero');
    let received = 0;
    channel.on('data', (bytes: Buffer) => {
      received += bytes.length;
    });
    await until('data flows', () => received > 1_000_000);
    // A window as large as can be: only the socket itself says no then.
    const opened = channel as unknown as { outgoing: { id: number } };
    const inside = client as unknown as {
      _protocol: { channelWindowAdjust(id: number, more: number): void };
    };
    inside._protocol.channelWindowAdjust(opened.outgoing.id, 1e9);
    socket.pause();
    expect(await growth(wait(1500))).toBeLessThan(60e6);
    expect([...house.sockets].every(({ writableLength }) => writableLength < 2e6)).toBe(true);
    const soFar = received;
    socket.resume();
    await until('data flows again', () => received > soFar + 50e6);
    client.destroy();
    await until('the connection ends', () => house.sockets.size === 0);
  });

  it('holds no more than the window for a guest that does not read', async () => {
    const { client } = await logIn();
    const channel = await execute(client, 'sleep 30');
    let taken = 0;
    const send = () =>
      channel.write(Buffer.alloc(65_536), () => {
        taken += 65_536;
        if (taken < 40e6) send();
      });
    send();
    expect(await growth(wait(1500))).toBeLessThan(40e6);
    expect(taken).toBeLessThan(3e6);
    client.destroy();
    await until('the connection ends', () => house.sockets.size === 0);
  });

  it('opens ten sessions and no eleventh', async () => {
    const { client } = await logIn();
    await Promise.all(Array.from({ length: 10 }, () => execute(client, 'sleep 30')));
    await expect(execute(client, 'true')).rejects.toThrow('open failed');
    expect(house.guests).toHaveLength(10);
    client.destroy();
    await until('the connection ends', () => house.sockets.size === 0);
  });

  it('reads no further from a visitor who floods with requests and reads no answers', async () => {
    const { client, socket } = await logIn();
    socket.pause();
    const inside = client as unknown as {
      _protocol: { tcpipForward(host: string, port: number, reply: boolean): void };
    };
    const asked = growth(
      (async () => {
        for (let round = 0; round < 250 && socket.writableLength < 4e6; round += 1) {
          for (let at = 0; at < 1000; at += 1) inside._protocol.tcpipForward('a'.repeat(100), at, true);
          await wait(1);
        }
      })(),
    );
    expect(await asked).toBeLessThan(150e6);
    expect([...house.sockets].every(({ writableLength }) => writableLength < 2e6)).toBe(true);
    expect(house.acts.filter(({ kind }) => kind === 'forward')).toHaveLength(200);
    client.destroy();
    await until('the connection ends', () => house.sockets.size === 0);
  });

  it('ends a connection that exchanges keys without end', async () => {
    const { client, socket } = await logIn();
    const inside = client as unknown as { _protocol: { rekey(): void } };
    client.on('handshake', () => inside._protocol.rekey());
    inside._protocol.rekey();
    await until('it is cut off', () => socket.destroyed || socket.readableEnded);
    expect(house.acts).toContainEqual({ kind: 'violation', text: 'too many key exchanges' });
    client.destroy();
  });

  it('survives garbage at every stage, and says so once for each connection', async () => {
    const garbage = () => randomBytes(20_000);
    const beginnings = ['', 'SSH-2.0-x\r\n', `SSH-2.0-${'x'.repeat(9000)}`, 'SSH-'];
    for (const beginning of [...beginnings, ...beginnings]) {
      const socket = connect(house.port, '127.0.0.1');
      socket.on('error', () => {}).resume();
      socket.write(beginning);
      socket.write(garbage());
      await until('it is cut off', () => socket.destroyed || socket.readableEnded);
      socket.destroy();
    }
    expect(house.acts.filter(({ kind }) => kind === 'violation')).toHaveLength(8);
    // In the middle of what is encrypted, while a guest sends.
    for (let at = 0; at < 5; at += 1) {
      const { client, socket } = await logIn();
      const channel = await execute(client, 'yes');
      channel.resume();
      await wait(50);
      socket.write(garbage());
      await until('it is cut off', () => socket.destroyed || socket.readableEnded);
      client.destroy();
    }
    await until('every connection ends', () => house.sockets.size === 0);
    expect(escaped).toEqual([]);
  });

  it('survives messages that make no sense after the login', async () => {
    const inside = (client: Client) =>
      (
        client as unknown as {
          _protocol: {
            _packetRW: { write: { alloc(n: number): Buffer; allocStart: number } };
            _cipher: { encrypt(packet: Buffer): void };
          };
        }
      )._protocol;
    for (let number = 1; number < 130; number += 1) {
      for (const length of [number % 5 === 0 ? 0 : 40]) {
        const { client, socket } = await logIn();
        await execute(client, 'sleep 30');
        const { _packetRW, _cipher } = inside(client);
        const packet = _packetRW.write.alloc(1 + length);
        packet[_packetRW.write.allocStart] = number;
        packet.set(number % 2 ? randomBytes(length) : Buffer.alloc(length), _packetRW.write.allocStart + 1);
        _cipher.encrypt(packet);
        client.end();
        await until('it ends', () => socket.destroyed || socket.readableEnded, 5000);
        client.destroy();
      }
    }
    await until('every connection ends', () => house.sockets.size === 0);
    expect(escaped).toEqual([]);
    expect((await ssh(house, [place, 'true'])).code).toBe(0);
  });
});
