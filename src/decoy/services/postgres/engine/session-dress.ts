import type { PGlite } from '@electric-sql/pglite';
import type { EngineTask } from './engine-messages.js';
import { placeholders } from './placeholders.js';

type Serve = Extract<EngineTask, { kind: 'serve' }>;

/**
 * Gives the visitor's database the names that they came with, and begins their session.
 * @returns the id of their role
 */
export async function dressSession(database: PGlite, task: Serve): Promise<number> {
  const { user, story } = task;
  if (user === 'postgres') await database.exec('UPDATE pg_authid SET rolname = $$rdsadmin$$ WHERE oid = 10');
  await database.exec(`DROP ROLE IF EXISTS ${quoted(user)}`).catch(() => undefined);
  await database.query('UPDATE pg_authid SET rolname = $1 WHERE rolname = $2', [user, placeholders.role]);
  await database.exec(`ALTER ROLE ${quoted(user)} ${user === 'postgres' ? 'CREATEROLE' : 'INHERIT'}`);
  await nameDatabases(database, task);
  await database.exec(`
    CREATE OR REPLACE FUNCTION pg_catalog.pg_backend_pid() RETURNS integer LANGUAGE sql STABLE PARALLEL RESTRICTED STRICT
      AS 'SELECT ${task.processId}';
    CREATE OR REPLACE FUNCTION pg_catalog.inet_client_addr() RETURNS inet LANGUAGE sql STABLE PARALLEL RESTRICTED
      AS 'SELECT ''${address(task.client.ip)}''::inet';
    CREATE OR REPLACE FUNCTION pg_catalog.inet_client_port() RETURNS integer LANGUAGE sql STABLE PARALLEL RESTRICTED
      AS 'SELECT ${task.client.port}';
    CREATE OR REPLACE FUNCTION pg_catalog.inet_server_addr() RETURNS inet LANGUAGE sql STABLE PARALLEL RESTRICTED
      AS 'SELECT ''${address(task.server.ip)}''::inet';
    CREATE OR REPLACE FUNCTION pg_catalog.inet_server_port() RETURNS integer LANGUAGE sql STABLE PARALLEL RESTRICTED
      AS 'SELECT ${task.server.port}';
    CREATE OR REPLACE FUNCTION pg_catalog.pg_postmaster_start_time() RETURNS timestamptz LANGUAGE sql STABLE STRICT
      AS 'SELECT now() - interval ''${10 + (story.seed % 60)} days 7 hours''';
  `);
  await database.query(`SELECT set_config('application_name', $1, false)`, [task.applicationName]);
  const { rows } = await database.query<{ oid: number }>('SELECT oid FROM pg_roles WHERE rolname = $1', [
    user,
  ]);
  await database.exec(`SET SESSION AUTHORIZATION ${quoted(user)}`);
  return (rows[0] as { oid: number }).oid;
}

/** The database that they are in, and others that they see in the list. */
async function nameDatabases(database: PGlite, task: Serve): Promise<void> {
  const { project } = task.story;
  const plain = ['postgres', 'template1'].includes(task.database);
  const own = plain ? project : task.database;
  await database.exec(`UPDATE pg_database SET datcollate = 'C.UTF-8'`);
  await database.query('UPDATE pg_database SET datname = $1 WHERE datname = $2', [
    own,
    placeholders.database,
  ]);
  const others = [project, `${project}_prod`, `${project}_production`].filter((name) => name !== own);
  for (const [index, name] of others.entries()) {
    await database.query(
      `INSERT INTO pg_database
       SELECT (jsonb_populate_record(d, jsonb_build_object('oid', $1::int, 'datname', $2::text))).*
       FROM pg_database d WHERE datname = $3`,
      [20_481 + index * 4096, name, own],
    );
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll('\0', '')}"`;
}

/** Only what can stand in an address. */
function address(ip: string): string {
  return /^[0-9a-f.:]+$/i.test(ip) ? ip.replace(/^::ffff:/, '') : '127.0.0.1';
}
