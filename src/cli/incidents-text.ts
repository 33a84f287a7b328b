import type { IncidentView } from '../daemon/show-incidents.js';

/** What an incident comes to, as `phantomd incidents --json` has it. */
export function summaryOf({ id, log, files, sessions }: IncidentView) {
  return {
    id,
    ...(log && {
      opened: log.opened,
      ...(log.closed !== undefined && { closed: log.closed }),
      touches: log.touches,
      traps: log.traps.size,
      techniques: [...log.techniques.keys()].sort(),
    }),
    sessions: sessions.length,
    evidence: { files: files.length, bytes: bytesOf(files) },
  };
}

/** Everything that is known of an incident, as `phantomd incidents show --json` has it. */
export function detailsOf(view: IncidentView) {
  const { log, files, sessions } = view;
  return {
    ...summaryOf(view),
    ...(log && {
      actors: [...log.actors.values()],
      traps: [...log.traps.values()],
      techniques: [...log.techniques.values()],
      events: log.events,
      records: log.records,
    }),
    sessions,
    evidence: { bytes: bytesOf(files), files },
  };
}

/** One line each. */
export function listLines(views: readonly IncidentView[]): string[] {
  if (views.length === 0) return ['no incidents'];
  const rows = views.map((view) => {
    const { id, opened, closed, touches, techniques, sessions, evidence } = summaryOf(view);
    return [
      id,
      opened === undefined ? '-' : seconds(opened),
      opened === undefined ? 'not in the log' : closed === undefined ? 'open' : seconds(closed),
      String(touches ?? '-'),
      String(sessions),
      sizeOf(evidence.bytes),
      techniques?.join(' ') || '-',
    ];
  });
  const head = ['INCIDENT', 'OPENED', 'CLOSED', 'TOUCHES', 'SESSIONS', 'EVIDENCE', 'TECHNIQUES'];
  return aligned([head, ...rows]);
}

/** A page for a person. */
export function detailLines(view: IncidentView): string[] {
  const { id, log, files, sessions } = view;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
  if (log === undefined)
    return [
      `incident ${id}: not in the audit log; its evidence is there`,
      ...section('Sessions', sessions),
      ...section('Evidence', fileLines(view)),
    ];
  const until = log.closed === undefined ? 'open' : `closed ${seconds(log.closed)}`;
  return [
    `incident ${id}: opened ${seconds(log.opened)}, ${until}, ${log.touches} touches, ${log.records} records`,
    ...section(
      'Who',
      [...log.actors.values()].map(({ process, pid, user, source }) =>
        [
          process && `${process}${pid === undefined ? '' : `[${pid}]`}`,
          user && `user ${user}`,
          source && `from ${source}`,
        ]
          .filter(Boolean)
          .join(', '),
      ),
    ),
    ...section(
      'Traps',
      aligned([...log.traps.values()].map(({ path, kind, id: trap }) => [path ?? '-', kind, trap])),
    ),
    ...section(
      'Techniques',
      aligned(
        [...log.techniques.values()].map(({ id: technique, name, count, at, message }) => [
          technique,
          name,
          `${count}x`,
          `${seconds(at)} ${message}`,
        ]),
      ),
    ),
    ...section(
      'Events',
      log.events.map(({ at, message }) => `${seconds(at)} ${message}`),
    ),
    ...section(
      'Sessions',
      sessions.map((name, place) => `${name}  phantomd incidents replay ${id} ${place + 1}`),
    ),
    ...section(`Evidence (${files.length} files, ${sizeOf(bytesOf(files))})`, fileLines(view)),
  ];
}

function fileLines({ files }: IncidentView): string[] {
  return aligned(files.map(({ name, size }) => [name, sizeOf(size)]));
}

function bytesOf(files: IncidentView['files']): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Without fractions of a second. */
function seconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}

function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
