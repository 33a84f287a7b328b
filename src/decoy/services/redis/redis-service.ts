import { createHash } from 'node:crypto';
import type { MakeService } from '../service.js';
import type { ServerState } from './command.js';
import { configDefaults } from './config-defaults.js';
import { type RedisHouse, RedisSession } from './redis-session.js';
import { storeOf } from './story-keys.js';

const day = 86_400_000;

/** Redis with the keys of the story's application. What a visitor changes lives as long as the connection. */
export const makeRedisService: MakeService = ({ story, software }) => {
  const runId = createHash('sha1').update(`${story.seed} ${story.hostname} ${process.pid}`).digest('hex');
  const startedAt = Date.now() - (3 + (Math.abs(story.seed) % 40)) * day - 4_411_000;
  const house = (): RedisHouse => ({
    version: software.redis,
    server: {
      startedAt,
      runId,
      settings: new Map(Object.entries(configDefaults)),
      scripts: new Set(),
      connections: 0,
      commands: 0,
      lastSave: Math.floor(Date.now() / 1000) - 1711,
      master: undefined,
    } satisfies ServerState,
    makeStore: () => storeOf(story),
  });
  let connections = 0;
  return {
    name: 'redis',
    serve(socket, desk) {
      const own = house();
      own.server.connections = connections++;
      new RedisSession(socket, desk, own).begin();
    },
  };
};
