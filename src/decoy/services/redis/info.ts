import type { Client } from './command.js';
import { infoLines } from './info-lines.js';

const usual = [
  'server',
  'clients',
  'memory',
  'persistence',
  'stats',
  'replication',
  'cpu',
  'modules',
  'errorstats',
  'cluster',
  'keyspace',
];

/** What INFO says, with what has happened since the server began. */
export function infoText(client: Client, wanted: readonly string[]): string {
  const named = wanted.map((name) => name.toLowerCase());
  const all = named.length === 0 || named.some((name) => ['all', 'default', 'everything'].includes(name));
  const sections = usual.filter((name) => all || named.includes(name));
  const moving = movingLines(client);
  const written = sections.map((section) => {
    if (section === 'keyspace') return ['# Keyspace', ...keyspace(client)];
    const [title, lines] = infoLines.find(([name]) => name.toLowerCase() === section) ?? [section, []];
    return [`# ${title}`, ...lines.map(([name, value]) => `${name}:${moving.get(name) ?? value}`)];
  });
  return written.map((lines) => `${lines.join('\r\n')}\r\n`).join('\r\n');
}

function movingLines(client: Client): Map<string, string | number> {
  const { server, version, local } = client;
  const now = Date.now();
  const uptime = Math.floor((now - server.startedAt) / 1000);
  const keys = client.store.keys(0).length;
  const memory = 1_240_000 + keys * 410 + (uptime % 9973);
  const rss = memory + 6_300_000;
  return new Map<string, string | number>([
    ['redis_version', version],
    ['os', 'Linux 6.1.0-28-amd64 x86_64'],
    ['process_id', 812],
    ['process_supervised', 'systemd'],
    ['run_id', server.runId],
    ['tcp_port', local.port],
    ['server_time_usec', now * 1000 + (uptime % 1000)],
    ['uptime_in_seconds', uptime],
    ['uptime_in_days', Math.floor(uptime / 86_400)],
    ['lru_clock', Math.floor(now / 1000) & 0xffffff],
    ['executable', '/usr/bin/redis-server'],
    ['config_file', '/etc/redis/redis.conf'],
    ['connected_clients', 4],
    ['used_memory', memory],
    ['used_memory_human', `${(memory / 1_048_576).toFixed(2)}M`],
    ['used_memory_rss', rss],
    ['used_memory_rss_human', `${(rss / 1_048_576).toFixed(2)}M`],
    ['used_memory_peak', memory + 81_000],
    ['used_memory_peak_human', `${((memory + 81_000) / 1_048_576).toFixed(2)}M`],
    ['used_memory_peak_perc', `${((memory / (memory + 81_000)) * 100).toFixed(2)}%`],
    ['used_memory_dataset', memory - 914_200],
    ['total_system_memory', 8_335_106_048],
    ['total_system_memory_human', '7.76G'],
    ['mem_fragmentation_ratio', (rss / memory).toFixed(2)],
    ['mem_fragmentation_bytes', rss - memory],
    ['rdb_last_save_time', server.lastSave],
    ['rdb_last_bgsave_time_sec', 0],
    ['rdb_saves', Math.floor(uptime / 3600)],
    ['rdb_changes_since_last_save', uptime % 97],
    ['total_connections_received', 5120 + Math.floor(uptime / 7) + server.connections],
    ['total_commands_processed', 98_211 + uptime * 3 + server.commands],
    ['instantaneous_ops_per_sec', 2 + (uptime % 5)],
    ['total_net_input_bytes', 8_211_402 + uptime * 180],
    ['total_net_output_bytes', 44_981_207 + uptime * 955],
    ['expired_keys', 3011 + Math.floor(uptime / 11)],
    ['keyspace_hits', 61_044 + uptime * 2],
    ['keyspace_misses', 4120 + Math.floor(uptime / 4)],
    ['role', server.master === undefined ? 'master' : 'slave'],
    ['master_replid', server.runId.split('').reverse().join('')],
    ['used_cpu_sys', (uptime * 0.00121 + 14.2).toFixed(6)],
    ['used_cpu_user', (uptime * 0.00102 + 11.8).toFixed(6)],
  ]);
}

function keyspace({ store }: Client): string[] {
  return Array.from({ length: 16 }, (_, index) => [index, store.keys(index).length] as const)
    .filter(([, count]) => count > 0)
    .map(
      ([index, count]) =>
        `db${index}:keys=${count},expires=${store.volatileKeys(index)},avg_ttl=${1_800_211 + count}`,
    );
}
