import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInetLine, parseUnixLine } from '../../../src/process/socket-tables.js';

// Lines of a little-endian host, as all that Node has prebuilt binaries for but s390x.
describe('parseInetLine', () => {
  it('reads a listening and a connected TCP socket', () => {
    expect(
      parseInetLine(
        '   0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 0',
        'tcp',
      ),
    ).toEqual({
      inode: 12345,
      socket: { protocol: 'tcp', local: { ip: '127.0.0.1', port: 22 }, state: 'listen' },
    });
    expect(
      parseInetLine(
        '1: 0A00A8C0:0016 097100CB:C366 01 00000000:00000000 00:00000000 00000000 0 0 777 1',
        'tcp',
      ),
    ).toMatchObject({
      inode: 777,
      socket: {
        local: { ip: '192.168.0.10' },
        remote: { ip: '203.0.113.9', port: 50022 },
        state: 'established',
      },
    });
  });

  it.each([
    ['00000000000000000000000001000000', '::1'],
    ['0000000000000000FFFF00000100007F', '127.0.0.1'],
    ['B80D0120000000000000000001000000', '2001:db8::1'],
    ['00000000000000000000000000000000', '::'],
    ['B80D0120010000000100000001000000', '2001:db8:0:1:0:1:0:1'],
  ])('writes %s as %s', (hex, ip) => {
    const line = `0: ${hex}:0016 ${hex}:0017 01 0:0 0:0 0 0 0 5 1`;
    expect(parseInetLine(line, 'tcp')?.socket).toMatchObject({ local: { ip }, remote: { ip, port: 23 } });
  });

  it.each([
    '',
    'sl  local_address rem_address   st',
    '0: 0100007F:0016',
    '0: zz:0016 0:0 01 0 0 0 0 0 5',
  ])('refuses %j', (line) => {
    expect(parseInetLine(line, 'tcp')).toBeUndefined();
  });
});

describe('parseUnixLine', () => {
  it('reads named, abstract and nameless sockets', () => {
    const start = '0000000000000000: 00000002 00000000 00010000 0001 01';
    expect(parseUnixLine(`${start} 2046 /run/x y`)).toEqual({
      inode: 2046,
      socket: { protocol: 'unix', path: '/run/x y' },
    });
    expect(parseUnixLine(`${start}   77 @/tmp/.X11\x1b`)?.socket.path).toBe('@/tmp/.X11\\x1b');
    expect(parseUnixLine(`${start} 78`)).toEqual({ inode: 78, socket: { protocol: 'unix' } });
    expect(parseUnixLine('Num       RefCount Protocol Flags    Type St Inode Path')).toBeUndefined();
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        parseUnixLine(line);
        parseInetLine(line, 'udp');
      }),
    );
  });
});
