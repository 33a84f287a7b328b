import { PGlite } from '@electric-sql/pglite';
import { ClusterFiles } from './cluster-files.js';
import type { EngineProgram } from './engine-program.js';

// Of PGlite's own, with less memory and the settings of a small server of Debian.
const settings = {
  search_path: '"$user", public',
  exit_on_error: 'false',
  log_checkpoints: 'false',
  max_worker_processes: '0',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  io_method: 'sync',
  shared_buffers: '8MB',
  work_mem: '4MB',
  temp_file_limit: '64MB',
};

const startParams = [
  '--single',
  '-F',
  '-O',
  '-j',
  ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
];

/** A fresh cluster, without anything in it. Takes seconds. */
export function makeCluster(): Promise<PGlite> {
  return PGlite.create({
    startParams,
    initDbStartParams: [
      '--wal-segsize=1',
      '--encoding=UTF8',
      '--locale-provider=libc',
      '--locale=C.UTF-8',
      ...['min_wal_size=2MB', 'max_wal_size=4MB'].flatMap((setting) => ['-c', setting]),
    ],
  });
}

/**
 * Opens a database of a cluster that was built before.
 * @param engine the engine's program where it was compiled already
 */
export function openCluster(
  cluster: ArrayBuffer | SharedArrayBuffer,
  database: string,
  engine?: EngineProgram,
): Promise<PGlite> {
  return PGlite.create({
    startParams,
    database,
    fs: new ClusterFiles(cluster),
    ...(engine && { pgliteWasmModule: engine }),
  });
}
