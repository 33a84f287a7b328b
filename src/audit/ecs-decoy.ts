import type { DecoyFacts } from '../core/audit-event.js';
import type { Endpoint } from '../core/decoy/decoy-service.js';

/** Names of application protocols as ECS and the tools that use it spell them. */
const protocols = { ssh: 'ssh', http: 'http', postgres: 'pgsql', redis: 'redis' } as const;

/** ECS fields of what happened at a decoy service: who came, to where, by which protocol, as whom. */
export function ecsDecoy({ service, remote, local, user }: DecoyFacts): object {
  const ips = remote === undefined ? [] : [remote.ip];
  return {
    ...(remote && { source: place(remote) }),
    ...(local && { destination: place(local) }),
    network: {
      protocol: protocols[service],
      transport: 'tcp',
      ...(local && { type: local.ip.includes(':') ? 'ipv6' : 'ipv4' }),
    },
    ...(user !== undefined && { user: { name: user } }),
    ...(ips.length > 0 && {
      related: { ip: ips, ...(user !== undefined && { user: [user] }) },
    }),
  };
}

/** An address that something was done about. */
export function ecsSource(ip: string): object {
  return { source: { address: ip, ip }, related: { ip: [ip] } };
}

/** `phantom.decoy.*`: what ECS has no field for. */
export function decoyFields(facts: DecoyFacts): object {
  const { service, visitId, method, persona, act, sum, recording, exit, count } = facts;
  return {
    service,
    ...(visitId !== undefined && { visit: visitId }),
    ...(method !== undefined && { method }),
    ...(persona !== undefined && { persona }),
    ...(act && { act: { kind: act.kind, text: act.text, ...(act.cut === true && { cut: true }) } }),
    ...(sum && {
      bytes: { in: sum.bytesIn, out: sum.bytesOut },
      duration_ms: Math.round(sum.durationMs),
    }),
    ...(recording !== undefined && { recording }),
    ...(exit && { exit }),
    ...(count !== undefined && { count }),
  };
}

function place({ ip, port }: Endpoint): object {
  return { address: ip, ip, port };
}
