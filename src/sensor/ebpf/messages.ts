/** One line that the script prints, as written in `bpf/*.bt.njk`. Strings are latin1: one character a byte. */
export type Message = Position &
  (
    | ({ readonly tag: 'registered' } & Registered)
    | { readonly tag: 'forgotten'; readonly slot: number }
    | { readonly tag: 'heartbeat'; readonly kernelNs: bigint }
    | { readonly tag: 'probed'; readonly op: number; readonly kernelNs: bigint }
    | ({ readonly tag: 'more' } & MoreTouches)
    | ({ readonly tag: 'idle' } & IdleProcessor)
    | { readonly tag: 'touch'; readonly head: TouchHead }
    | { readonly tag: 'comm'; readonly bytes: string }
    | { readonly tag: 'numbers'; readonly numbers: KernelNumbers }
    | { readonly tag: 'cgroup'; readonly bytes: string }
    | { readonly tag: 'args'; readonly bytes: string }
    | { readonly tag: 'tty'; readonly bytes: string }
    | { readonly tag: 'ancestor'; readonly ancestor: KernelAncestor }
    | { readonly tag: 'destination'; readonly bytes: string }
    | { readonly tag: 'followed'; readonly head: FollowedHead }
    | { readonly tag: 'born'; readonly pid: number; readonly parent: KernelAncestor }
    | { readonly tag: 'named'; readonly bytes: string }
    | { readonly tag: 'address'; readonly bytes: string }
    | { readonly tag: 'peer'; readonly bytes: string }
    | { readonly tag: 'omitted'; readonly count: number }
    | { readonly tag: 'grouped'; readonly cgroupId: bigint; readonly followed: boolean }
    | { readonly tag: 'end' }
  );

interface Position {
  readonly cpu: number;
  /** Counts the lines printed on that processor. */
  readonly seq: number;
}

/** A file has its slot now. */
export interface Registered {
  readonly slot: number;
  readonly daemonPid: number;
  /** Boot clock, ns. */
  readonly kernelNs: bigint;
  /** The slot that the file had until now; 0 for none. */
  readonly before: number;
}

/** State of a counter of one processor: touches of a process, after its first, that were only counted. */
export interface MoreTouches {
  /** Whose counter it is; another processor tells of it while that one does nothing. */
  readonly processor: number;
  readonly slot: number;
  readonly op: number;
  readonly pid: number;
  readonly startedAtNs: bigint;
  /** All since the counter began with this process, trap and operation. */
  readonly total: number;
  /** The counter goes to others now. */
  readonly last: boolean;
}

/** A processor that does nothing, so that its own heartbeat is left out. */
export interface IdleProcessor {
  readonly processor: number;
  /** How many lines it has printed. */
  readonly printed: number;
  readonly kernelNs: bigint;
}

/** More about who touched, for which the head's printf has no room. */
export interface KernelNumbers {
  readonly effectiveUid: number;
  readonly effectiveGid: number;
  readonly cgroupId: bigint;
  readonly executable: { readonly device: bigint; readonly inode: bigint };
  /** Inode numbers. */
  readonly namespaces: {
    readonly mnt: number;
    readonly pid: number;
    readonly net: number;
    readonly user: number;
  };
}

/** The numbers of one touch; slot and op are 0 where somebody only leaves a card. */
export interface TouchHead {
  readonly slot: number;
  readonly op: number;
  /** Boot clock, ns. */
  readonly kernelNs: bigint;
  readonly pid: number;
  readonly tid: number;
  readonly startedAtNs: bigint;
  readonly posixSession: number;
  /** Start of the session's leader on the boot clock in ns; 0 when it has ended. */
  readonly sessionStartedAtNs: bigint;
  readonly uid: number;
  readonly gid: number;
  readonly loginUid: number;
  readonly auditSession: number;
  /** Bits: 1 stopped, 2 killed, 4 the file was opened for writing. */
  readonly flags: number;
}

export interface KernelAncestor {
  readonly pid: number;
  readonly startedAtNs: bigint;
  readonly uid: number;
  readonly gid: number;
  readonly comm: string;
}

/** The numbers of one event of a followed process. */
export interface FollowedHead {
  readonly kind: number;
  /** How many lines follow; 9: up to the next `end`. */
  readonly more: number;
  /** Boot clock, ns. */
  readonly kernelNs: bigint;
  readonly pid: number;
  readonly startedAtNs: bigint;
  readonly uid: number;
  readonly effectiveUid: number;
  readonly gid: number;
  readonly effectiveGid: number;
  /** Users when they were told last: real << 32 | effective, plus 1; 0 when not told. */
  readonly was: bigint;
  readonly rootPid: number;
  /** A port, a mode, how many datagrams or how it ended; negative never. */
  readonly value: number;
  /** The cgroup because of which it is followed; 0 for none. */
  readonly cgroupId: bigint;
  readonly comm: string;
}

/** Parses the text of a printf line; undefined when it is not one of ours, whole and in range. */
export function parseMessage(text: string): Message | undefined {
  if (!text.endsWith('\n')) return undefined;
  const head = /^([a-z]) (\d{1,5}) (\d{1,15})(?: |(?=\n))/.exec(text);
  if (head === null) return undefined;
  const position = { cpu: Number(head[2]), seq: Number(head[3]) };
  const rest = text.slice(head[0].length, -1);
  switch (head[1]) {
    case 'c':
      return { ...position, tag: 'comm', bytes: rest };
    case 'y':
      return { ...position, tag: 'tty', bytes: rest };
    case 'g':
      return { ...position, tag: 'cgroup', bytes: rest };
    case 'd':
      return { ...position, tag: 'destination', bytes: rest };
    case 's':
      return { ...position, tag: 'named', bytes: rest };
    case 'v':
      return withHex(position, 'args', rest);
    case 'x':
      return withHex(position, 'address', rest);
    case 'w':
      return withHex(position, 'peer', rest);
    case 'f':
      return withFollowed(position, rest);
    case 'b':
      return withParent(position, rest);
    case 'e':
      return rest === '' ? { ...position, tag: 'end' } : undefined;
    case 'a':
      return withAncestor(position, rest);
    default:
      return withNumbers(position, head[1] as string, rest);
  }
}

function withNumbers(position: Position, letter: string, rest: string): Message | undefined {
  if (!/^\d{1,20}(?: \d{1,20})*$/.test(rest)) return undefined;
  const values = rest.split(' ');
  const read = readers[letter];
  return read?.length === values.length ? { ...position, ...read.parse(values.map(BigInt)) } : undefined;
}

type Numbers = readonly bigint[];
type Parsed = Message extends infer One ? (One extends Message ? Omit<One, keyof Position> : never) : never;

/** The lines of nothing but numbers, by letter. */
const readers: Readonly<Record<string, { length: number; parse(values: Numbers): Parsed }>> = {
  h: { length: 1, parse: ([kernelNs]) => ({ tag: 'heartbeat', kernelNs: kernelNs as bigint }) },
  o: { length: 1, parse: ([count]) => ({ tag: 'omitted', count: Number(count) }) },
  k: {
    length: 2,
    parse: ([cgroupId, followed]) => ({
      tag: 'grouped',
      cgroupId: cgroupId as bigint,
      followed: followed === 1n,
    }),
  },
  u: { length: 1, parse: ([slot]) => ({ tag: 'forgotten', slot: Number(slot) }) },
  p: {
    length: 2,
    parse: ([op, kernelNs]) => ({ tag: 'probed', op: Number(op), kernelNs: kernelNs as bigint }),
  },
  r: {
    length: 4,
    parse: ([slot, daemonPid, kernelNs, before]) => ({
      tag: 'registered',
      slot: Number(slot),
      daemonPid: Number(daemonPid),
      kernelNs: kernelNs as bigint,
      before: Number(before),
    }),
  },
  i: {
    length: 3,
    parse: ([processor, printed, kernelNs]) => ({
      tag: 'idle',
      processor: Number(processor),
      printed: Number(printed),
      kernelNs: kernelNs as bigint,
    }),
  },
  m: {
    length: 5,
    parse: ([processor, access, startedAtNs, total, last]) => ({
      tag: 'more',
      processor: Number(processor),
      pid: Number((access as bigint) >> 32n),
      slot: Number(((access as bigint) >> 4n) & 0xfff_ffffn),
      op: Number((access as bigint) & 15n),
      startedAtNs: startedAtNs as bigint,
      total: Number(total),
      last: last === 1n,
    }),
  },
  n: {
    length: 9,
    parse: ([euid, egid, cgroupId, device, inode, mnt, pid, net, user]) => ({
      tag: 'numbers',
      numbers: {
        effectiveUid: Number(euid),
        effectiveGid: Number(egid),
        cgroupId: cgroupId as bigint,
        executable: { device: device as bigint, inode: inode as bigint },
        namespaces: { mnt: Number(mnt), pid: Number(pid), net: Number(net), user: Number(user) },
      },
    }),
  },
  t: { length: 13, parse: (values) => ({ tag: 'touch', head: touchHead(values) }) },
};

function touchHead(values: Numbers): TouchHead {
  const number = (index: number) => Number(values[index]);
  return {
    slot: number(0),
    op: number(1),
    kernelNs: values[2] as bigint,
    pid: number(3),
    tid: number(4),
    startedAtNs: values[5] as bigint,
    posixSession: number(6),
    sessionStartedAtNs: values[7] as bigint,
    uid: number(8),
    gid: number(9),
    loginUid: number(10),
    auditSession: number(11),
    flags: number(12),
  };
}

function withFollowed(position: Position, rest: string): Message | undefined {
  const fields = /^((?:\d{1,20} ){13})(.*)$/s.exec(rest);
  if (fields === null) return undefined;
  const values = (fields[1] as string).trimEnd().split(' ').map(BigInt);
  const number = (index: number) => Number(values[index]);
  return {
    ...position,
    tag: 'followed',
    head: {
      kind: number(0),
      more: number(1),
      kernelNs: values[2] as bigint,
      pid: number(3),
      startedAtNs: values[4] as bigint,
      uid: number(5),
      effectiveUid: number(6),
      gid: number(7),
      effectiveGid: number(8),
      was: values[9] as bigint,
      rootPid: number(10),
      value: number(11),
      cgroupId: values[12] as bigint,
      comm: fields[2] as string,
    },
  };
}

function withParent(position: Position, rest: string): Message | undefined {
  const fields = /^(\d{1,10}) (.*)$/s.exec(rest);
  const parent = fields && withAncestor(position, fields[2] as string);
  if (parent?.tag !== 'ancestor') return undefined;
  return { ...position, tag: 'born', pid: Number(fields?.[1]), parent: parent.ancestor };
}

function withAncestor(position: Position, rest: string): Message | undefined {
  const fields = /^(\d{1,10}) (\d{1,20}) (\d{1,10}) (\d{1,10}) (.*)$/s.exec(rest);
  if (fields === null) return undefined;
  const [, pid, started, uid, gid, comm] = fields as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    ...position,
    tag: 'ancestor',
    ancestor: { pid: Number(pid), startedAtNs: BigInt(started), uid: Number(uid), gid: Number(gid), comm },
  };
}

/** `%rx` prints `\x63\x61` in 0.17 and `6361` in later versions. */
function withHex(position: Position, tag: 'args' | 'address' | 'peer', rest: string): Message | undefined {
  const digits = rest.replaceAll('\\x', '').replaceAll(' ', '');
  if (!/^(?:[0-9a-f]{2})*$/.test(digits)) return undefined;
  return { ...position, tag, bytes: Buffer.from(digits, 'hex').toString('latin1') };
}
