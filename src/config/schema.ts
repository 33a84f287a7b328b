import { isIP } from 'node:net';
import { z } from 'zod';

const absolutePath = z
  .string()
  .regex(
    /^\/(?!.*(?:^|\/)\.\.(?:\/|$))[^\p{C}]*$/u,
    'expected an absolute path without ".." or control characters',
  );

const milliseconds = (lowest: number, highest: number) => z.int().min(lowest).max(highest);
const seconds = (lowest: number, highest: number) => z.int().min(lowest).max(highest);

/** Kinds of traps that this version makes. */
export const trapKinds = [
  'ansible-vault',
  'aws-credentials',
  'azure-profile',
  'backup-script',
  'bash-history',
  'browser-logins',
  'docker-compose',
  'docker-config',
  'env',
  'gcp-service-account',
  'git-credentials',
  'htpasswd',
  'jwt-key',
  'keepass',
  'known-hosts',
  'kubeconfig',
  'my-cnf',
  'netrc',
  'network-plan',
  'npmrc',
  'openvpn',
  'passwords',
  'payroll',
  'pgpass',
  'pypirc',
  'readme',
  'salary',
  'shadow-backup',
  'sql-dump',
  'sqlite',
  'ssh-config',
  'ssh-key',
  'ssh-key-ed25519',
  'terraform-state',
  'tls-key',
  'wallet',
  'wp-config',
] as const;
/** Languages that traps tell their story in. */
export const trapLocales = ['en', 'ru', 'de'] as const;
export const sensorChoices = ['auto', 'ebpf', 'fanotify', 'inotify'] as const;
/** Which kernel hooks the eBPF sensor uses (src/sensor/ebpf/hook-plan.ts). */
export const hookSets = ['auto', 'page-cache', 'kprobes', 'syscalls', 'light'] as const;
/**
 * What is done to whoever touches a trap: nothing; stopped while evidence is taken; stopped until
 * released; killed; or the kernel refuses the open (fanotify sensor).
 */
export const containments = ['observe', 'inspect', 'freeze', 'kill', 'deny'] as const;
/** What is done to whoever changes a trap, or opens it for writing. */
export const tamperResponses = ['observe', 'freeze', 'kill'] as const;
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export const logFormats = ['auto', 'pretty', 'json'] as const;

const port = z.int().min(1).max(65_535);

/** An address, or a network by its first bits. */
const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'expected an IP address or a network such as 192.0.2.0/24',
});
const loopback = /^(?:127\.|::1$|localhost$)/i;

const exemption = z.strictObject({
  name: z.string().regex(/^[\w .-]{1,80}$/, 'expected letters, digits, spaces, dots and dashes'),
  executable: absolutePath,
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')
    .optional(),
  uid: z
    .int()
    .min(0)
    .max(2 ** 32 - 2)
    .optional(),
  unit: z
    .string()
    .regex(/^[\w:.@\\-]{1,200}\.(?:service|scope)$/, 'expected the name of a service or scope')
    .optional(),
  parents: z.array(absolutePath).max(16).optional(),
});

const section = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape).prefault({} as never);

/** `phantom.yaml`. An absent key has the default that stands here; an unknown key is an error. */
export const configSchema = section({
  paths: section({
    traps_dir: absolutePath.default('/tmp/phantom_traps'),
    logs_dir: absolutePath.default('/var/log/phantom'),
    state_dir: absolutePath.default('/var/lib/phantom'),
  }),
  traps: section({
    kinds: z
      .array(z.enum(trapKinds))
      .min(1)
      .default(['passwords', 'salary', 'env', 'ssh-key', 'aws-credentials']),
    locale: z.enum(trapLocales).default('en'),
    age_days: z
      .strictObject({ youngest: z.int().min(1).max(3650), oldest: z.int().min(1).max(3650) })
      .refine((age) => age.youngest <= age.oldest, 'expected youngest not to exceed oldest')
      .default({ youngest: 14, oldest: 540 }),
    // Instead of kinds.
    manifest: absolutePath.optional(),
    kinds_dir: absolutePath.optional(),
    rotate_after_days: z.int().min(0).max(3650).default(0),
    rotate_after_incident: z.boolean().default(false),
    keys_ready: z.int().min(0).max(256).default(16),
  }),
  sensor: section({
    kind: z.enum(sensorChoices).default('auto'),
    hooks: z.enum(hookSets).default('auto'),
    proof_s: z.int().min(0).max(86_400).default(600),
    start_timeout_s: seconds(1, 600).default(60),
    restart_min_ms: milliseconds(50, 60_000).default(250),
    restart_max_ms: milliseconds(50, 600_000).default(30_000),
  }),
  response: section({
    containment: z.enum(containments).default('inspect'),
    on_tamper: z.enum(tamperResponses).default('freeze'),
    hold_ms: milliseconds(50, 1500).default(1000),
    incident_idle_s: seconds(1, 86_400).default(300),
    incident_limit_s: seconds(1, 604_800).default(3600),
    follow_session: z.boolean().default(true),
    exemptions: z.array(exemption).max(100).default([]),
    sandbox: z.boolean().default(true),
    redirect: z.boolean().default(false),
    redirect_allow: z.array(network).max(100).default([]),
  }),
  evidence: section({
    incident_mb: z.int().min(1).max(100_000).default(64),
    total_mb: z.int().min(1).max(1_000_000).default(1024),
    executable_mb: z.int().min(0).max(10_000).default(16),
    core: z.boolean().default(false),
    core_mb: z.int().min(1).max(10_000).default(64),
  }),
  sandbox: section({
    socket: absolutePath.default('/var/run/docker.sock'),
    time_to_live_s: seconds(1, 604_800).default(3600),
    idle_s: seconds(1, 604_800).default(900),
    warm: z.int().min(0).max(10).default(1),
    runtime: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'expected the name of a runtime that Docker knows')
      .optional(),
    keep_file_mb: z.int().min(0).max(1024).default(8),
    max_running: z.int().min(1).max(100).default(5),
    retry_s: seconds(1, 3600).default(10),
    api_timeout_ms: milliseconds(500, 300_000).default(30_000),
    memory_mb: z.int().min(16).max(65_536).default(128),
    pids: z.int().min(8).max(32_768).default(64),
    cpus: z.number().min(0.05).max(64).default(0.5),
    listen: z
      .array(z.union([z.ipv4(), z.ipv6()], 'expected an address'))
      .min(1)
      .max(16)
      .optional(),
    advertise: z
      .strictObject({
        host: z
          .string()
          .regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/, 'expected a name or an address'),
        ports: z.strictObject({ ssh: port, http: port, postgres: port, redis: port }),
      })
      .default({ host: '127.0.0.1', ports: { ssh: 2222, http: 8080, postgres: 5433, redis: 6380 } }),
  }),
  audit: section({
    file: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected a plain file name')
      .default('audit.json'),
  }),
  log: section({
    level: z.enum(logLevels).default('info'),
    format: z.enum(logFormats).default('auto'),
  }),
})
  .refine((config) => config.response.containment !== 'deny' || config.sensor.kind === 'fanotify', {
    path: ['response', 'containment'],
    error: 'expected sensor.kind: fanotify beside deny: no other sensor can refuse an open',
  })
  // The kernel lets nothing from a network through to loopback, and a name is no address.
  .refine(
    ({ response, sandbox }) =>
      !response.redirect || (isIP(sandbox.advertise.host) !== 0 && !loopback.test(sandbox.advertise.host)),
    {
      path: ['response', 'redirect'],
      error:
        'expected sandbox.advertise.host to be an address of this host other than loopback beside redirect: true',
    },
  )
  .refine(({ response }) => !response.redirect || response.sandbox, {
    path: ['response', 'redirect'],
    error: 'expected response.sandbox: true beside redirect: true',
  })
  // These hooks hear of an open from fanotify, after it: nobody could be held before they have a byte.
  .refine(
    ({ sensor, response }) =>
      sensor.hooks !== 'light' ||
      !['auto', 'ebpf'].includes(sensor.kind) ||
      (response.containment === 'observe' && response.on_tamper === 'observe'),
    {
      path: ['sensor', 'hooks'],
      error:
        'expected hooks other than light, or response.containment and response.on_tamper: observe: light hooks cannot hold anybody',
    },
  );

export type Config = z.output<typeof configSchema>;
