import { readFileSync } from 'node:fs';
import type { Reply } from './reply.js';

/** A command, or one of a container's as `container|name`, as the server describes it. */
export interface ListedCommand {
  readonly name: string;
  /** With the name itself; below 0: at least so many. */
  readonly arity: number;
  /** What COMMAND INFO says: name, arity, flags, first key, last key, step, categories, tips, key specs, subcommands. */
  readonly info: readonly Reply[];
  /** What COMMAND DOCS says. */
  readonly docs: Reply;
}

/** Of Redis 7.0.15, from its own COMMAND and COMMAND DOCS. */
const file = new URL('../../../../resources/decoy/redis/commands.json', import.meta.url);
const documented = JSON.parse(readFileSync(file, 'utf8')) as Record<
  string,
  { readonly info: readonly Reply[]; readonly docs: Reply }
>;

/** Every command that is no part of another, by its name. */
export const listedCommands: ReadonlyMap<string, ListedCommand> = new Map(
  Object.values(documented).map(({ info, docs }) => {
    const command = listed(info, docs);
    return [command.name, command];
  }),
);

const subcommands = new Map(
  [...listedCommands.values()].flatMap(({ info, docs }) =>
    parts(info).map((part) => {
      const command = listed(part, docsOf(docs, String(part[0])));
      return [command.name, command] as const;
    }),
  ),
);

/** A command by its name, `container|name` for one of a container; in any case of letters. */
export function commandNamed(name: string): ListedCommand | undefined {
  const small = name.toLowerCase();
  return listedCommands.get(small) ?? subcommands.get(small);
}

/** The command that these words are: the one of a container that the second word names. */
export function commandOf([name = '', next]: readonly string[]): ListedCommand | undefined {
  const command = listedCommands.get(name.toLowerCase());
  if (command === undefined || next === undefined || parts(command.info).length === 0) return command;
  return subcommands.get(`${command.name}|${next.toLowerCase()}`);
}

/** With those of containers. */
export function allCommands(): readonly ListedCommand[] {
  return [...listedCommands.values(), ...subcommands.values()];
}

/** Flags (at 2) or categories (at 6) of a command. */
export function marksOf({ info }: ListedCommand, at: 2 | 6): readonly string[] {
  const { set } = info[at] as { set: readonly { status: string }[] };
  return set.map(({ status }) => status);
}

function parts(info: readonly Reply[]): readonly (readonly Reply[])[] {
  const last = info[9];
  return Array.isArray(last) ? (last as readonly (readonly Reply[])[]) : [];
}

function listed(info: readonly Reply[], docs: Reply): ListedCommand {
  return { name: String(info[0]), arity: Number(info[1]), info, docs };
}

function docsOf(container: Reply, name: string): Reply {
  const { map: ofContainer } = container as { map: readonly (readonly [Reply, Reply])[] };
  const all = ofContainer.find(([field]) => field === 'subcommands')?.[1] as
    | { map: readonly (readonly [Reply, Reply])[] }
    | undefined;
  return all?.map.find(([known]) => known === name)?.[1] ?? { map: [] };
}
