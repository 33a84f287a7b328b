import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { Account } from './accounts.js';
import { Draw } from './draw.js';

const hourMs = 3_600_000;

/** One login that the logs tell of. */
export interface PastLogin {
  readonly account: Account;
  readonly pid: number;
  readonly from: string;
  readonly port: number;
  readonly at: Date;
  readonly until: Date;
}

/** Logins of the two weeks before the sandbox was made, oldest first. */
export function pastLogins(accounts: readonly Account[], story: DecoyStory, now: Date): PastLogin[] {
  const draw = new Draw(story.seed, 'past logins');
  const sources = story.hosts.map(({ address }) => address);
  const logins = accounts.flatMap((account) =>
    Array.from({ length: draw.int(2, 5) }, (): PastLogin => {
      const at = new Date(now.getTime() - draw.int(3 * hourMs, 14 * 24 * hourMs));
      return {
        account,
        pid: draw.int(1200, 28_000),
        from: sources[draw.int(0, Math.max(0, sources.length - 1))] ?? '127.0.0.1',
        port: draw.int(32_768, 60_999),
        at,
        until: new Date(at.getTime() + draw.int(2, 150) * 60_000),
      };
    }),
  );
  return logins.sort((one, other) => one.at.getTime() - other.at.getTime());
}
