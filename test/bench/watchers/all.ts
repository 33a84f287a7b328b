import { auditdWatcher } from './auditd-watcher.js';
import type { KernelAudit } from './kernel-audit.js';
import { phantomWatcher } from './phantom-watcher.js';
import { programWatcher } from './program-watcher.js';
import type { Watcher } from './watcher.js';

export const auditdTitle = 'auditd, one watch';

/** Who has goals. */
export const phantoms: readonly Watcher[] = [
  phantomWatcher('Phantom', { kind: 'ebpf' }),
  phantomWatcher('Phantom, light hooks', { kind: 'ebpf', hooks: 'light' }),
  phantomWatcher('Phantom, fanotify', { kind: 'fanotify' }),
];

/** Everyone who is compared, over one file where they need one. */
export function allWatchers(file: string, audit: KernelAudit | string): readonly Watcher[] {
  return [
    ...phantoms,
    auditdWatcher(auditdTitle, file, audit),
    programWatcher('inotifywait', file, ['inotifywait', '-m', file]),
    programWatcher('fatrace', file, ['fatrace']),
    programWatcher('opensnoop-bpfcc', file, ['opensnoop-bpfcc']),
  ];
}
