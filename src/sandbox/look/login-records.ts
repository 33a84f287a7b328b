/** A record of utmp(5), as `who` and `last` read it. */
export interface LoginRecord {
  readonly type: 'boot' | 'user' | 'dead';
  readonly pid: number;
  readonly line: string;
  readonly user: string;
  /** Where the login came from. */
  readonly host: string;
  readonly at: Date;
}

const types = { boot: 2, user: 7, dead: 8 } as const;
const recordBytes = 384;

/** Records in the layout that glibc has on 64-bit Linux (bits/utmp.h): 384 bytes each, little endian. */
export function packLoginRecords(records: readonly LoginRecord[]): Buffer {
  return Buffer.concat(
    records.map(({ type, pid, line, user, host, at }) => {
      const record = Buffer.alloc(recordBytes);
      record.writeInt16LE(types[type], 0);
      record.writeInt32LE(pid, 4);
      record.write(line.slice(0, 31), 8, 'latin1');
      record.write(type === 'boot' ? '~~' : line.slice(-4), 40, 'latin1');
      record.write(user.slice(0, 31), 44, 'latin1');
      record.write(host.slice(0, 255), 76, 'latin1');
      record.writeInt32LE(Math.floor(at.getTime() / 1000), 340);
      record.writeInt32LE((at.getTime() % 1000) * 1000, 344);
      const octets = /^\d{1,3}(\.\d{1,3}){3}$/u.test(host) ? host.split('.').map(Number) : [];
      octets.forEach((octet, place) => {
        record.writeUInt8(octet & 0xff, 348 + place);
      });
      return record;
    }),
  );
}
