import { closeSync, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';

// What unrelated-calls.c does, for hosts without a C compiler: same input, same output.
const path = process.argv[2] as string;
const descriptor = openSync(path, 'r');
const buffer = Buffer.alloc(1);

const calls = [
  { name: 'open+close', batch: 500, call: () => closeSync(openSync(path, 'r')) },
  { name: 'pread of 1 byte', batch: 2000, call: () => readSync(descriptor, buffer, 0, 1, 0) },
  { name: 'getppid', batch: 5000, call: () => process.ppid },
];

for await (const line of createInterface({ input: process.stdin })) {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < Number(line); round += 1)
    for (const { name, batch, call } of calls) {
      const startedAt = process.hrtime.bigint();
      for (let done = 0; done < batch; done += 1) call();
      const tookNs = Number(process.hrtime.bigint() - startedAt);
      times[name] = [...(times[name] ?? []), tookNs / batch];
    }
  process.stdout.write(`${JSON.stringify(times)}\n`);
}
