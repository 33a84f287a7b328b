import { execa } from 'execa';
import { report } from './report.js';
import { tryRoutes } from './try-routes.js';

/** Runs inside the virtual machine: the real sensor, first with every hook, then without kprobes. */
async function main(): Promise<void> {
  await execa('mount', ['-t', 'overlay', 'overlay', '-o', 'lowerdir=/fs/ext4/below:/fs/empty', '/fs/merged']);
  await tryRoutes('all');
  await hideKprobes();
  await tryRoutes('no kprobes');
}

/** Lays a folder over tracefs that has what tracefs has but for the kprobes, as some kernels do. */
async function hideKprobes(): Promise<void> {
  await execa('mount', ['-t', 'tracefs', 'nodev', '/fs/tracefs']);
  await execa('mount', ['-t', 'tmpfs', 'tmpfs', '/sys/kernel/tracing']);
  await execa('ln', ['-s', '/fs/tracefs/events', '/fs/tracefs/available_events', '/sys/kernel/tracing']);
}

main()
  .then(() => report({ about: 'finished' }))
  .catch((error: Error) => report({ about: 'failed', reason: error.stack ?? error.message }));
