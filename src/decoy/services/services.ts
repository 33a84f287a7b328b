import { makeHttpService } from './http/http-service.js';
import { makePostgresService } from './postgres/postgres-service.js';
import { makeRedisService } from './redis/redis-service.js';
import type { MakeService } from './service.js';
import { makeSshService } from './ssh/ssh-service.js';

/** All services of the decoy, a line each. */
export const services: readonly MakeService[] = [
  makeSshService,
  makeHttpService,
  makePostgresService,
  makeRedisService,
];
