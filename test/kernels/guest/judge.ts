import type { Touch } from '../../../src/core/touch.js';
import type { Route } from './routes.js';

/** What is wrong with what the kernel told of the process behind a touch. */
export function complaintsAbout({ actor }: Touch, route: Route, path: string): string[] {
  const pids = actor.ancestors.map(({ pid }) => pid);
  const complaints: [boolean, string][] = [
    [actor.certainty === 'kernel', `certainty is ${actor.certainty}`],
    [actor.process?.pid !== process.pid, 'the sensor reports its own daemon'],
    [actor.process?.uid === 0, `uid is ${actor.process?.uid}`],
    [
      actor.process?.args?.some((argument) => argument.includes(path)) ?? false,
      `arguments are ${actor.process?.args}`,
    ],
    [pids.includes(process.pid), `the tests' process is not among the ancestors ${pids}`],
    [pids.at(-1) === 1, `the last ancestor is ${pids.at(-1)}`],
    [/^pts\d/.test(actor.tty ?? '') === (route.onTerminal ?? false), `terminal is ${actor.tty}`],
  ];
  return complaints.filter(([right]) => !right).map(([, complaint]) => complaint);
}
