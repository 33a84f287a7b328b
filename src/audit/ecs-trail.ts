import type { SocketAddress, TrailEvent } from '../core/trail.js';
import { ecsFile } from './ecs-file.js';

/** ECS fields outside `process.*` of what a followed process did. */
export function ecsTrail(event: TrailEvent): { readonly process?: object } {
  const { kind, path, address, exit, mode } = event;
  const isOfFile = path !== undefined && kind !== 'exec';
  return {
    ...(isOfFile && {
      file: { ...ecsFile(path), ...(mode !== undefined && { mode: octal(mode) }) },
    }),
    ...(address && addressFields(event, address)),
    ...(exit?.code !== undefined && { process: { exit_code: exit.code } }),
  };
}

/** `phantom.trail.*`: what ECS has no field for. */
export function trailFields(event: TrailEvent): object {
  const { kind, rootPid, cgroupId, path, destination, address, before, exit } = event;
  return {
    kind,
    ...(rootPid !== undefined && { root_pid: rootPid }),
    // 64 bits: more than a JSON number holds.
    ...(cgroupId !== undefined && { cgroup_id: cgroupId.toString() }),
    ...(kind === 'exec' && path !== undefined && { program: path }),
    ...(destination !== undefined && { destination }),
    ...(address && { address: { family: address.family, ...(address.path && { path: address.path }) } }),
    ...(before && { before: { uid: before.uid, effective_uid: before.effectiveUid } }),
    ...(exit?.signal !== undefined && { signal: exit.signal }),
  };
}

/** Whom a process connects to is the destination; where it listens it is the server itself. */
function addressFields({ kind, packets }: TrailEvent, { family, ip, port, path }: SocketAddress): object {
  const text = ip ?? path;
  const place = {
    ...(text !== undefined && { address: text }),
    ...(ip !== undefined && { ip }),
    ...(port !== undefined && { port }),
  };
  const type = { inet: 'ipv4', inet6: 'ipv6', unix: undefined, other: undefined }[family];
  return {
    ...(Object.keys(place).length > 0 && { [kind === 'bind' ? 'server' : 'destination']: place }),
    ...((type !== undefined || packets !== undefined) && {
      network: { ...(type !== undefined && { type }), ...(packets !== undefined && { packets }) },
    }),
    ...(ip !== undefined && { related: { ip: [ip] } }),
  };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
