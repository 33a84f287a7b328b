import type { ProcessFacts } from '../actor.js';
import type { TrailEvent } from '../trail.js';
import type { Act } from './act.js';
import { namedPath } from './named-path.js';
import { readOptions } from './options.js';
import { pathWords } from './path-words.js';
import { programName } from './program-name.js';
import { longestText, parseScript, type ScriptCommand } from './shell-script.js';
import { scriptWithin, unwrap } from './wrappers.js';
import { type FileWork, fileWork } from './written-files.js';

const mostActs = 64;
const deepestScript = 4;
const longestCommandLine = 200;

/** What surrounds a command: the pipeline, redirections and variables of a script. */
interface Surroundings {
  readonly executable?: string | undefined;
  readonly assignments: readonly string[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly pipedFrom: readonly string[];
  readonly pipedTo: readonly string[];
}

const nothing: Surroundings = { assignments: [], reads: [], writes: [], pipedFrom: [], pipedTo: [] };

/** Everything that an event shows, most direct first. Never throws; bounded. */
export function actsOf(event: TrailEvent): readonly Act[] {
  return event.kind === 'exec' ? new ExecReader(event).acts() : [plainAct(event)];
}

function plainAct(event: TrailEvent): Act {
  const { process, path, destination } = event;
  const args = process.args?.slice(1, longestCommandLine) ?? [];
  const program = nameOf(process);
  const paths = [path, destination].flatMap((given) => {
    const named = given === undefined ? undefined : namedPath(given, process.workingDirectory);
    return named === undefined ? [] : [named];
  });
  return {
    kind: event.kind,
    program,
    args,
    options: later(() => readOptions(program, args)),
    text: later(() => textOf(program, args)),
    paths,
    sets: [],
    pipedFrom: [],
    pipedTo: [],
    fileInput: false,
    executable: process.executable,
    mode: event.mode,
    event,
  };
}

/** The program of a process: by its file, but by its first argument where one file is many programs. */
export function nameOf({ executable, args, name }: ProcessFacts): string {
  const byFile = programName(executable ?? args?.[0] ?? name ?? '');
  const many = byFile === 'busybox' || byFile === 'toybox' || byFile === 'coreutils' || byFile === 'memfd:';
  return many && args?.[0] !== undefined ? programName(args[0]) : byFile;
}

function later<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function textOf(program: string, args: readonly string[]): string {
  let text = program;
  for (const argument of args) {
    text += ` ${argument}`;
    if (text.length > longestText) return text.slice(0, longestText).toLowerCase();
  }
  return text.toLowerCase();
}

/**
 * execve(2): of a script the kernel tells the file, but the arguments begin with the interpreter of its `#!`,
 * that one's own arguments, and the file again.
 */
function withoutInterpreter(file: string | undefined, args: readonly string[]): readonly string[] {
  const [interpreter] = args;
  if (file === undefined || interpreter === undefined || interpreter === file) return args;
  // A program whose argument is its own file (`cp /bin/cp x`) is no script.
  if (!interpreter.includes('/') || programName(interpreter) === programName(file)) return args;
  const at = args.indexOf(file);
  return at >= 1 && at <= 3 ? args.slice(at) : args;
}

class ExecReader {
  private readonly found: Act[] = [];
  private readonly directory: string | undefined;

  constructor(private readonly event: TrailEvent) {
    this.directory = event.process.workingDirectory;
  }

  acts(): readonly Act[] {
    const { process, path } = this.event;
    const executable = path ?? process.executable;
    const given = withoutInterpreter(executable, process.args ?? []);
    // argv[0] is the program's own word; the file tells what it is.
    const first = nameOf({ ...process, ...(executable === undefined ? {} : { executable }) });
    const words = [first, ...given.slice(1, longestCommandLine).map((word) => word.slice(0, longestText))];
    this.command(words, { ...nothing, executable }, 0);
    return this.found;
  }

  private command(words: readonly string[], around: Surroundings, depth: number): void {
    if (this.found.length >= mostActs || depth > deepestScript) return;
    const unwrapped = unwrap(words);
    const program = programName(words[0] ?? '');
    const script = scriptWithin(words);
    this.add(program, unwrapped?.own ?? words.slice(1), around);
    if (script !== undefined) this.script(script, around, depth + 1);
    else if (unwrapped !== undefined)
      this.command(unwrapped.inner, { ...around, executable: undefined, reads: [], writes: [] }, depth + 1);
  }

  private script(text: string, around: Surroundings, depth: number): void {
    const commands = parseScript(text);
    for (const command of commands) {
      const inside = {
        assignments: command.assignments,
        reads: command.reads,
        writes: command.writes,
        pipedFrom: neighbours(commands, command, -1, around.pipedFrom),
        pipedTo: neighbours(commands, command, 1, around.pipedTo),
      };
      this.command(command.words, inside, depth);
    }
  }

  private add(program: string, args: readonly string[], around: Surroundings): void {
    const redirected = [...around.reads, ...around.writes];
    const act: Act = {
      kind: 'exec',
      program,
      args,
      options: later(() => readOptions(program, args)),
      text: later(() => textOf(program, [...args, ...redirected])),
      paths: this.paths([...pathWords(program, args), ...redirected]),
      sets: variables(program, args, around.assignments),
      pipedFrom: around.pipedFrom,
      pipedTo: around.pipedTo,
      fileInput: around.reads.length > 0,
      executable: around.executable,
      mode: undefined,
      event: this.event,
    };
    this.found.push(act);
    const work = fileWork(program, args);
    for (const path of around.writes) work.push({ kind: 'open-write', path });
    for (const one of work.slice(0, 16)) this.addWork(act, one);
  }

  private addWork(act: Act, { kind, path, mode }: FileWork): void {
    const paths = this.paths([path]);
    if (paths.length > 0) this.found.push({ ...act, kind, paths, mode });
  }

  private paths(words: readonly string[]): string[] {
    const paths: string[] = [];
    for (const word of words) {
      const path = word.length > longestText ? undefined : namedPath(word, this.directory);
      if (path !== undefined) paths.push(path);
    }
    return paths;
  }
}

/** Programs before or behind a command in its pipeline; one whose output becomes another's words feeds it. */
function neighbours(
  commands: readonly ScriptCommand[],
  command: ScriptCommand,
  direction: 1 | -1,
  outer: readonly string[],
): readonly string[] {
  const names: string[] = [...outer];
  const own = commands.indexOf(command);
  for (let at = own + direction; commands[at] !== undefined; at += direction) {
    const other = commands[at] as ScriptCommand;
    if (other.pipeline === command.pipeline) names.push(...programs(other));
  }
  if (direction === 1 && command.feeds !== undefined) names.push(...programs(command.feeds));
  if (direction === -1)
    for (const other of commands) if (other.feeds === command) names.push(...programs(other));
  return names;
}

/** The program of a command and those it wraps. */
function programs({ words }: ScriptCommand): string[] {
  const names = [programName(words[0] ?? '')];
  for (
    let inner = unwrap(words)?.inner;
    inner !== undefined && names.length < 4;
    inner = unwrap(inner)?.inner
  )
    names.push(programName(inner[0] ?? ''));
  return names;
}

const setting = /^([A-Za-z_][A-Za-z0-9_]*)\+?=/;
const setters = new Set(['export', 'declare', 'typeset', 'env', 'readonly', 'sudo', 'set', 'setenv']);

function variables(program: string, args: readonly string[], assignments: readonly string[]): string[] {
  const given = setters.has(program) ? [...assignments, ...args] : assignments;
  return given.flatMap((word) => setting.exec(word)?.[1] ?? []);
}
