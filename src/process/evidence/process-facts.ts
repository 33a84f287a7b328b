import { createHash } from 'node:crypto';
import { toPrintable } from '../../core/printable.js';
import { inTime } from '../in-time.js';
import { maskedEnvironment } from '../masked-environment.js';
import type { ProcReader, Seat } from '../proc-reader.js';
import type { ProcessIdentity } from '../process-identity.js';
import type { Sitter } from '../sitter.js';

const most = { text: 16 * 1024, mounts: 2 * 1024 * 1024, environment: 128 * 1024, maps: 8 * 1024 * 1024 };
/** Time in ms that reads of memory have after all others. */
const leastMs = 12;
const mostThreads = 64;
const mostChildren = 64;

/** What the process stood for while it stood still; strings are printable. */
export interface SeizedFacts {
  readonly json: Readonly<Record<string, unknown>>;
  /** `/proc/PID/maps` as it is; undefined when it did not come in time. */
  readonly maps?: Buffer;
  /** The environment as it is, for who looks for a variable. */
  readonly environment?: Buffer;
}

/** Reads all of them within `withinMs`: what lies in the process's own memory may come late or never. */
export async function seizeFacts(
  reader: ProcReader,
  { seat, stat }: Sitter,
  { pid, startedAtNs }: ProcessIdentity,
  withinMs: number,
): Promise<SeizedFacts> {
  const until = performance.now() + withinMs;
  const asked = [
    reader.fromMemory(seat, 'maps', most.maps),
    reader.environment(seat, most.environment + 1),
    reader.fromMemory(seat, 'syscall', most.text),
  ] as const;
  const askedArgs = reader.args(seat, most.text);
  const lines = (name: string) => linesOf(reader.contentNow(seat, name, most.text));
  const kernel = {
    executable: reader.executable(seat),
    workingDirectory: reader.workingDirectory(seat),
    root: reader.rootDirectory(seat),
    loginUid: reader.loginUid(seat),
    auditSession: reader.auditSession(seat),
    stat: lines('stat'),
    status: lines('status'),
    limits: lines('limits'),
    cgroup: lines('cgroup'),
    namespaces: reader.namespaces(seat),
    uidMap: lines('uid_map'),
    gidMap: lines('gid_map'),
    securityLabel: lines('attr/current'),
    waitsIn: lines('wchan'),
    mounts: digest(reader.contentNow(seat, 'mountinfo', most.mounts)),
    threads: threadsOf(reader, pid),
    children: childrenOf(reader, pid),
  };
  // The reads above keep this thread from hearing of the others.
  const left = Math.max(leastMs, until - performance.now());
  const [maps, environment, syscall] = await Promise.all(asked.map((content) => inTime(content, left)));
  const args = await inTime(askedArgs, left);
  return {
    json: {
      pid,
      startedAtNs,
      name: stat.name,
      state: stat.state,
      ...(args && { args }),
      ...(environment && {
        environment: maskedEnvironment(
          environment.subarray(0, most.environment),
          environment.length <= most.environment,
        ),
      }),
      ...kernel,
      systemCall: linesOf(syscall),
      notInTime: Object.entries({ args, environment, maps })
        .filter(([, content]) => content === undefined)
        .map(([name]) => name),
    },
    ...(maps && { maps }),
    ...(environment && { environment }),
  };
}

/** Printable lines of a text that may hold any bytes, with blanks for tabs. */
export function linesOf(content: Buffer | undefined): string[] | undefined {
  if (content === undefined) return undefined;
  // `attr/current` ends with a NUL.
  const text = content
    .toString('latin1')
    .replace(/[\n\0]+$/, '')
    .replaceAll('\t', ' ');
  return text === '' ? [] : text.split('\n').map((line) => toPrintable(Buffer.from(line, 'latin1')));
}

/** Tells mount tables apart without keeping them, which are the same for nearly every process. */
function digest(content: Buffer | undefined) {
  if (content === undefined) return undefined;
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { sha256, count: content.toString('latin1').split('\n').length - 1 };
}

function threadsOf(reader: ProcReader, pid: number) {
  const ids = reader.threads(pid);
  const items = ids.slice(0, mostThreads).map((id) => {
    const stat = reader.statNow(`${pid}/task/${id}`);
    return { id, name: stat?.name, state: stat?.state };
  });
  return { items, omitted: ids.length - items.length };
}

/** Of all its threads that are looked at; a child belongs to the thread that made it. */
function childrenOf(reader: ProcReader, pid: number) {
  const pids = reader
    .threads(pid)
    .slice(0, mostThreads)
    .flatMap((id) => childPids(reader, `${pid}/task/${id}`));
  const items = pids.slice(0, mostChildren).map((child) => {
    const stat = reader.statNow(child);
    return {
      pid: child,
      startedAtNs: stat?.startedAtNs,
      name: stat?.name,
      executable: reader.executable(child),
    };
  });
  return { items, omitted: pids.length - items.length };
}

function childPids(reader: ProcReader, seat: Seat): number[] {
  const text = reader.contentNow(seat, 'children', most.text)?.toString('latin1') ?? '';
  return text.trim().split(' ').filter(Boolean).map(Number);
}
