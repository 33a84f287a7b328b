import type { DecoyStory } from '../../../../core/decoy/decoy-story.js';
import { contentOf } from '../content/content.js';
import { activityOf } from '../content/server-activity.js';
import { makeCluster } from './open-database.js';
import { placeholders } from './placeholders.js';

/** Makes a cluster with everything that visitors see, and packs it. Takes seconds. */
export async function buildCluster(story: DecoyStory): Promise<ArrayBuffer> {
  const empty = await makeCluster();
  const { role, database } = placeholders;
  await empty.exec(`CREATE ROLE ${role} LOGIN`);
  for (const [name, options] of rolesOf(story)) await empty.exec(`CREATE ROLE ${name} ${options}`);
  await empty.exec(activityOf(story));
  // template1 is what other databases are made of, and postgres has the same catalog.
  await empty.exec(`CREATE DATABASE ${database} TEMPLATE postgres OWNER ${role}`);
  await empty.exec('CHECKPOINT');
  const packed = await (await empty.dumpDataDir('none')).arrayBuffer();
  await empty.close();
  const { openCluster } = await import('./open-database.js');
  const filled = await openCluster(packed, database);
  await filled.exec(`GRANT ALL ON SCHEMA public TO ${role}; SET ROLE ${role}`);
  await filled.exec(contentOf(story));
  await filled.exec('RESET ROLE');
  await filled.exec('ANALYZE');
  await filled.exec('CHECKPOINT');
  return (await filled.dumpDataDir('none')).arrayBuffer();
}

/** Other roles of the server, by the names that such a project has. */
function rolesOf({ project }: DecoyStory): [name: string, options: string][] {
  return [
    [`${project}_owner`, 'NOLOGIN'],
    [`${project}_readonly`, 'NOLOGIN'],
    ['replicator', 'LOGIN REPLICATION'],
    ['postgres_exporter', 'LOGIN CONNECTION LIMIT 5 IN ROLE pg_monitor'],
  ];
}
