/** One line that the script prints, as written in `bpf/*.bt.njk`. Strings are latin1: one character a byte. */
export type Message = Position &
  (
    | { readonly tag: 'registered'; readonly slot: number; readonly daemonPid: number }
    | { readonly tag: 'forgotten'; readonly slot: number }
    | { readonly tag: 'heartbeat'; readonly kernelNs: bigint }
    | { readonly tag: 'touch'; readonly head: TouchHead }
    | { readonly tag: 'comm'; readonly bytes: string }
    | { readonly tag: 'args'; readonly bytes: string }
    | { readonly tag: 'tty'; readonly bytes: string }
    | { readonly tag: 'ancestor'; readonly ancestor: KernelAncestor }
    | { readonly tag: 'end' }
  );

interface Position {
  readonly cpu: number;
  /** Counts the lines printed on that processor. */
  readonly seq: number;
}

/** The numbers of one touch. */
export interface TouchHead {
  readonly slot: number;
  readonly op: number;
  /** Boot clock, ns. */
  readonly kernelNs: bigint;
  readonly pid: number;
  readonly tid: number;
  readonly startedAtNs: bigint;
  readonly posixSession: number;
  readonly uid: number;
  readonly gid: number;
  readonly loginUid: number;
  readonly auditSession: number;
}

export interface KernelAncestor {
  readonly pid: number;
  readonly startedAtNs: bigint;
  readonly uid: number;
  readonly gid: number;
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
    case 'v':
      return withHex(position, rest);
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
  const number = (index: number) => Number(values[index]);
  const big = (index: number) => BigInt(values[index] as string);
  if (letter === 'h' && values.length === 1) return { ...position, tag: 'heartbeat', kernelNs: big(0) };
  if (letter === 'u' && values.length === 1) return { ...position, tag: 'forgotten', slot: number(0) };
  if (letter === 'r' && values.length === 2)
    return { ...position, tag: 'registered', slot: number(0), daemonPid: number(1) };
  if (letter !== 't' || values.length !== 11) return undefined;
  return {
    ...position,
    tag: 'touch',
    head: {
      slot: number(0),
      op: number(1),
      kernelNs: big(2),
      pid: number(3),
      tid: number(4),
      startedAtNs: big(5),
      posixSession: number(6),
      uid: number(7),
      gid: number(8),
      loginUid: number(9),
      auditSession: number(10),
    },
  };
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
function withHex(position: Position, rest: string): Message | undefined {
  const digits = rest.replaceAll('\\x', '').replaceAll(' ', '');
  if (!/^(?:[0-9a-f]{2})*$/.test(digits)) return undefined;
  return { ...position, tag: 'args', bytes: Buffer.from(digits, 'hex').toString('latin1') };
}
