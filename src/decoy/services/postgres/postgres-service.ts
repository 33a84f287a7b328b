import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { MakeService, ServiceSettings } from '../service.js';
import { EngineRoom } from './engine/engine-room.js';
import type { PostgresHouse } from './postgres-house.js';
import { PostgresSession } from './postgres-session.js';
import { type ScramKeys, saltOf, scramKeys } from './scram.js';

/** Visitors with a database at once; each takes some 200 MB. */
const mostEngines = 3;
/** `max_connections` of a server as it is installed. */
const mostConnections = 100;

/** PostgreSQL's wire protocol, with a real database behind the login. */
export const makePostgresService: MakeService = (settings) => {
  const house = makeHouse(settings);
  return {
    name: 'postgres',
    serve: (socket, desk) => new PostgresSession(socket, desk, house).begin(),
  };
};

/** What all connections share. */
function makeHouse(settings: ServiceSettings): PostgresHouse {
  const { story, software } = settings;
  // Of this process: a real server keeps it in its cluster, and salts are the same as long as it lives.
  const secret = createHash('sha256').update(`${story.seed} ${story.hostname}`).digest();
  const keys = new Map<string, ScramKeys>();
  return {
    story,
    version: software.postgres,
    room: new EngineRoom({
      story,
      version: software.postgres,
      most: mostEngines,
      ...(settings.keptCluster !== undefined && { keptCluster: settings.keptCluster }),
    }),
    sessions: new Map(),
    mostConnections,
    ...tlsOf(settings),
    mockKeys: scramKeys(randomBytes(24).toString('hex'), secret.subarray(0, 16)),
    saltOf: (user) => saltOf(secret, user),
    keysOf(user, password) {
      const name = `${user}\0${password}`;
      const known = keys.get(name) ?? scramKeys(password, saltOf(secret, user));
      if (keys.size < 1000) keys.set(name, known);
      return known;
    },
  };
}

function tlsOf({ tls }: ServiceSettings): Pick<PostgresHouse, 'tls'> {
  if (tls === undefined) return {};
  const context = createSecureContext({ key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.2' });
  const { raw } = new X509Certificate(tls.certificate);
  return { tls: { context, certificateHash: createHash('sha256').update(raw).digest() } };
}
