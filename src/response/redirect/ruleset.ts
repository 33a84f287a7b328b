import type { IpAddress } from './ip-address.js';

/** A table of nftables: everything of one installation is in it, and nothing else is ever named. */
export interface NftTable {
  readonly family: 'inet';
  readonly name: string;
}

const chain = 'to_decoy';
const sets = { ipv4: 'visitors4', ipv6: 'visitors6' } as const;
const protocols = { ipv4: 'ip', ipv6: 'ip6' } as const;
const types = { ipv4: 'ipv4_addr', ipv6: 'ipv6_addr' } as const;

/** Most addresses at a time, of each family. */
export const mostVisitors = 256;

/** Before those of others, such as Docker's at -100 (`dstnat`): who changes the destination first decides. */
const priority = -110;

/** A port of the host and where the decoy of its service listens: on all addresses of the host, or at one. */
export interface DecoyPort {
  readonly port: number;
  readonly decoyPort: number;
  readonly decoyAddress?: IpAddress;
}

/** One command of libnftables-json(5). */
export type NftCommand = Readonly<Record<string, unknown>>;

/** The table of an installation: another one on the same host has its own. `installation` is a word. */
export function tableOf(installation: string): NftTable {
  return { family: 'inet', name: `phantom_files_${installation}` };
}

/** Removes our table, whether it is there or not, in one transaction with whatever follows. */
export function removal(table: NftTable): readonly NftCommand[] {
  return [{ add: { table } }, { delete: { table } }];
}

/** The table with its sets, empty, and a rule for each port and family. */
export function ruleset(table: NftTable, ports: readonly DecoyPort[]): readonly NftCommand[] {
  const families = familiesOf(ports);
  const own = inside(table);
  return [
    ...removal(table),
    { add: { table } },
    ...families.map((family) => ({
      add: {
        set: { ...own, name: sets[family], type: types[family], flags: ['timeout'], size: mostVisitors },
      },
    })),
    {
      add: {
        chain: { ...own, name: chain, type: 'nat', hook: 'prerouting', prio: priority, policy: 'accept' },
      },
    },
    ...ports.flatMap((port) =>
      families
        .filter((family) => port.decoyAddress === undefined || port.decoyAddress.family === family)
        .map((family) => ({ add: { rule: { ...own, chain, expr: expressions(port, family) } } })),
    ),
  ];
}

/** From whom somebody can be redirected at all. */
export function familiesOf(ports: readonly DecoyPort[]): readonly IpAddress['family'][] {
  return (['ipv4', 'ipv6'] as const).filter((family) =>
    ports.some(({ decoyAddress }) => decoyAddress === undefined || decoyAddress.family === family),
  );
}

/** Lets an address in for so many seconds; where it is in already its time begins anew. */
export function admission(
  table: NftTable,
  { family, text }: IpAddress,
  seconds: number,
  isIn: boolean,
): readonly NftCommand[] {
  const set = { ...inside(table), name: sets[family] };
  return [
    ...(isIn ? [{ delete: { element: { ...set, elem: [text] } } }] : []),
    { add: { element: { ...set, elem: [{ elem: { val: text, timeout: seconds } }] } } },
  ];
}

function inside({ family, name }: NftTable) {
  return { family, table: name };
}

/** Only what is meant for this host, not what it forwards; only the first packet of a connection comes here. */
function expressions({ port, decoyPort, decoyAddress }: DecoyPort, family: IpAddress['family']): unknown[] {
  const protocol = protocols[family];
  return [
    match({ payload: { protocol, field: 'saddr' } }, `@${sets[family]}`),
    match({ payload: { protocol: 'tcp', field: 'dport' } }, port),
    match({ fib: { result: 'type', flags: 'daddr' } }, 'local'),
    decoyAddress === undefined
      ? { redirect: { port: decoyPort } }
      : { dnat: { family: protocol, addr: decoyAddress.text, port: decoyPort } },
  ];
}

function match(left: unknown, right: unknown): unknown {
  return { match: { op: '==', left, right } };
}
