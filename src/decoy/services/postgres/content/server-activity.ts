import type { DecoyStory } from '../../../../core/decoy/decoy-story.js';

/** Puts the processes of a server and connections of its applications where an engine without either shows itself. */
export function activityOf({ project }: DecoyStory): string {
  const rows = [
    [712, 'NULL', 'NULL', `''`, 'NULL', 'NULL', 'autovacuum launcher', 'AutoVacuumMain'],
    [713, 'NULL', `'postgres'`, `''`, 'NULL', 'NULL', 'logical replication launcher', 'LogicalLauncherMain'],
    [708, 'NULL', 'NULL', `''`, 'NULL', 'NULL', 'checkpointer', 'CheckpointerMain'],
    [709, 'NULL', 'NULL', `''`, 'NULL', 'NULL', 'background writer', 'BgWriterHibernate'],
    [711, 'NULL', 'NULL', `''`, 'NULL', 'NULL', 'walwriter', 'WalWriterMain'],
    [
      2411,
      `'${project}_prod'`,
      `'${project}_app'`,
      `'${project}-web'`,
      `'10.0.4.21'`,
      41822,
      'client backend',
      'ClientRead',
    ],
    [
      2412,
      `'${project}_prod'`,
      `'${project}_app'`,
      `'${project}-worker'`,
      `'10.0.4.22'`,
      50314,
      'client backend',
      'ClientRead',
    ],
    [
      2690,
      `'postgres'`,
      `'postgres_exporter'`,
      `'postgres_exporter'`,
      `'127.0.0.1'`,
      38116,
      'client backend',
      'ClientRead',
    ],
  ];
  const others = rows.map(
    ([pid, database, user, application, ip, port, type, event]) =>
      `(${pid}, ${database}, ${user}, ${application}, ${ip}, ${port}, '${type}', '${event}')`,
  );
  return `
    CREATE OR REPLACE VIEW pg_catalog.pg_stat_activity AS
    SELECT s.datid, s.datname, pg_backend_pid() AS pid, s.leader_pid, (SELECT oid FROM pg_roles WHERE rolname = session_user) AS usesysid,
      session_user AS usename, s.application_name, inet_client_addr() AS client_addr, s.client_hostname,
      inet_client_port() AS client_port, s.backend_start, s.xact_start, s.query_start, s.state_change, s.wait_event_type,
      s.wait_event, s.state, s.backend_xid, s.backend_xmin, s.query_id, s.query, 'client backend'::text AS backend_type
    FROM (SELECT S.datid AS datid, D.datname AS datname, S.pid, S.leader_pid, S.application_name, S.client_hostname,
      S.backend_start, S.xact_start, S.query_start, S.state_change, S.wait_event_type, S.wait_event, S.state, S.backend_xid,
      s.backend_xmin, S.query_id, S.query FROM pg_stat_get_activity(NULL) AS S LEFT JOIN pg_database AS D ON (S.datid = D.oid)) s
    UNION ALL
    SELECT d.oid, o.datname::name, o.pid, NULL::integer, r.oid, o.usename::name, o.app, o.ip::inet, NULL::text, o.port,
      pg_postmaster_start_time() + o.pid * interval '1 ms', NULL::timestamptz, NULL::timestamptz, NULL::timestamptz,
      CASE WHEN o.type = 'client backend' THEN 'Client' ELSE 'Activity' END, o.event,
      CASE WHEN o.type = 'client backend' THEN 'idle' END, NULL::xid, NULL::xid, NULL::bigint,
      CASE WHEN o.usename IS NULL THEN '' ELSE '<insufficient privilege>' END, o.type
    FROM (VALUES ${others.join(', ')}) AS o(pid, datname, usename, app, ip, port, type, event)
      LEFT JOIN pg_database d ON d.datname = o.datname LEFT JOIN pg_authid r ON r.rolname = o.usename;
  `;
}
