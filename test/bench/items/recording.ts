import { setImmediate as turn } from 'node:timers/promises';
import { EvidenceFolder } from '../../../src/response/evidence-folder.js';
import { CastRecorder } from '../../../src/response/session-recorder.js';
import type { Item } from '../item.js';

/** A key stroke, a line, what a program that writes much fills a buffer with. */
const sizes = [1, 80, 4096] as const;
const runs = 5;
const listing = Buffer.from(
  'drwxr-xr-x 2 root root 4096 Nov 12 09:14 \u001b[01;34mbackup\u001b[0m\r\n'.repeat(80),
);

export const recording: Item = {
  name: 'recording',
  title: 'What recording a session costs',
  how: `The output of a session, a coloured listing in chunks of so many bytes, goes into a recording below ${runs} times, 4 MB or 50,000 chunks each, and the process yields after every 100 chunks. All processor time of the process is counted, that of writing and of the last sync included; the lowest of the ${runs} runs.`,
  async measure(workspace) {
    const evidence = new EvidenceFolder({ stateDir: workspace.root });
    const recorder = new CastRecorder(evidence, { recordingBytes: 1e9, waitingBytes: 1e9 });
    const rows: string[][] = [];
    for (const size of sizes) {
      const chunks = Math.min(50_000, Math.floor(4e6 / size));
      const costs: number[] = [];
      for (let run = 0; run < runs; run += 1) costs.push(await costUs(recorder, size, chunks));
      const perChunkNs = (Math.min(...costs) * 1000) / chunks;
      rows.push([String(size), perChunkNs.toFixed(0), (perChunkNs / size).toFixed(1)]);
    }
    return { tables: [{ columns: ['bytes of a chunk', 'ns a chunk', 'ns a byte'], rows }] };
  },
};

/** Processor time in us. */
async function costUs(recorder: CastRecorder, size: number, chunks: number): Promise<number> {
  const before = process.cpuUsage();
  const session = recorder.start({
    incidentId: 'bench',
    visitId: size,
    atNs: 0n,
    columns: 80,
    rows: 24,
    title: 'bench',
  });
  for (let count = 0; count < chunks; count += 1) {
    session.output(listing.subarray(0, size));
    if (count % 100 === 0) await turn();
  }
  await session.close(0);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
