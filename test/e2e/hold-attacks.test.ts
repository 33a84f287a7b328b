import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usedEarly } from '../hold/attempt.js';
import { columns, mainWays } from '../hold/containments.js';
import { compileProgram } from '../hold/programs.js';
import { Scene } from '../hold/scene.js';
import { describeWith } from '../support/requirements.js';

/** `make hold` makes 10,000 of each. */
const count = 40;

describeWith(['root', 'bpf', 'bpftrace'], 'who tries to use a byte of a trap before being stopped', () => {
  let folder: string;
  let program: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phantom-hold-'));
    program = await compileProgram('attempts', folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  for (const column of columns)
    describe(`under ${column.containment} with the ${column.sensor} sensor`, () => {
      let scene: Scene;
      beforeAll(async () => {
        scene = await Scene.open(column);
      });
      afterAll(() => scene.close());

      for (const way of column.containment === 'observe' ? mainWays : column.holdsAgainst)
        if (column.containment === 'observe')
          it(`gets it as a ${way} reader: the program works`, async () => {
            const { published } = await scene.count(await scene.attack(program, way, count));
            expect(published).toBe(count);
          });
        else
          it(`gets none as a ${way} reader`, async () => {
            const attempts = await scene.attack(program, way, count);
            expect(attempts.filter(usedEarly)).toEqual([]);
            const { onRecord } = await scene.count(attempts);
            // The test kills whoever is frozen at once, before the daemon has looked.
            if (column.containment !== 'freeze') expect(onRecord).toBe(count);
            const ends = {
              observe: 'ended',
              inspect: 'ended',
              freeze: 'stopped',
              kill: 'killed',
              deny: 'refused',
            };
            const becameOfThem = new Set(attempts.map(({ outcome }) => outcome));
            expect([...becameOfThem]).toEqual([ends[column.containment]]);
          });
    });
});
