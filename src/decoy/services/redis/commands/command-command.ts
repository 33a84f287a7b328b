import { type Family, fits, syntaxError, withSubcommands } from '../command.js';
import {
  allCommands,
  commandNamed,
  commandOf,
  type ListedCommand,
  listedCommands,
  marksOf,
} from '../command-table.js';
import { matchesGlob } from '../glob.js';
import { hasKeys, type KeyPosition, keyPositions, mayHaveNoKeys } from '../key-positions.js';
import { failure, type Reply } from '../reply.js';

const inner = withSubcommands('command', {
  count: { arity: 2, run: () => listedCommands.size },
  list: { arity: -2, run: (_client, words) => list(words.slice(2)) },
  info: { arity: -2, run: (_client, words) => info(words.slice(2)) },
  docs: { arity: -2, run: (_client, words) => docs(words.slice(2)) },
  getkeys: {
    arity: -4,
    run: (_client, words) => keysOf(words.slice(2), ({ at }, asked) => asked[at] ?? ''),
  },
  getkeysandflags: {
    arity: -4,
    run: (_client, words) =>
      keysOf(words.slice(2), ({ at, flags }, asked) => [asked[at] ?? '', { set: flags }]),
  },
  help: { arity: 2, run: () => help.map((status) => ({ status })) },
});

/** What the server says about its commands. */
export const commandCommand: Family = {
  command: (client, words) => (words.length === 1 ? info([]) : inner(client, words)),
};

function info(names: readonly string[]): Reply {
  if (names.length === 0) return [...listedCommands.values()].map((command) => command.info);
  return names.map((name) => commandNamed(name)?.info ?? null);
}

function docs(names: readonly string[]): Reply {
  const wanted = names.flatMap((name) => commandNamed(name) ?? []);
  const shown = names.length === 0 ? [...listedCommands.values()] : wanted;
  return { map: shown.map((command) => [command.name, command.docs]) };
}

function list([filter, kind, wanted, ...rest]: readonly string[]): Reply {
  const all = allCommands();
  if (filter === undefined) return namesOf(all);
  if (filter.toLowerCase() !== 'filterby' || wanted === undefined || rest.length > 0) return syntaxError;
  switch (kind?.toLowerCase()) {
    case 'module':
      return [];
    case 'aclcat':
      return namesOf(all.filter((command) => marksOf(command, 6).includes(`@${wanted.toLowerCase()}`)));
    case 'pattern':
      return namesOf(all.filter(({ name }) => matchesGlob(wanted, name)));
    default:
      return syntaxError;
  }
}

function namesOf(commands: readonly ListedCommand[]): Reply {
  return commands.map(({ name }) => name);
}

function keysOf(
  asked: readonly string[],
  shown: (key: KeyPosition, asked: readonly string[]) => Reply,
): Reply {
  const command = commandOf(asked);
  if (command === undefined) return failure('ERR Invalid command specified');
  if (!hasKeys(command)) return failure('ERR The command has no key arguments');
  if (!fits(command.arity, asked.length))
    return failure('ERR Invalid number of arguments specified for command');
  const keys = keyPositions(command, asked);
  if (keys.length === 0 && !mayHaveNoKeys(command))
    return failure('ERR Invalid arguments specified for command');
  return keys.map((key) => shown(key, asked));
}

const help = [
  'COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  '(no subcommand)',
  '    Return details about all Redis commands.',
  'COUNT',
  '    Return the total number of commands in this Redis server.',
  'LIST',
  '    Return a list of all commands in this Redis server.',
  'INFO [<command-name> ...]',
  '    Return details about multiple Redis commands.',
  '    If no command names are given, documentation details for all',
  '    commands are returned.',
  'DOCS [<command-name> ...]',
  '    Return documentation details about multiple Redis commands.',
  '    If no command names are given, documentation details for all',
  '    commands are returned.',
  'GETKEYS <full-command>',
  '    Return the keys from a full Redis command.',
  'GETKEYSANDFLAGS <full-command>',
  '    Return the keys and the access flags from a full Redis command.',
  'HELP',
  '    Prints this help.',
];
