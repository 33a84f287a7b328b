import type { ContainerHint } from '../core/actor-details.js';
import { toPrintable } from '../core/printable.js';

/**
 * The one path of `/proc/PID/cgroup` (latin1, cgroups(7)) that tells most: cgroup2's, else systemd's
 * own hierarchy of cgroup1, else the first that is not the root. Printable.
 */
export function cgroupPath(content: string): string | undefined {
  const lines = content.split('\n').flatMap((line) => {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ unified: hierarchy === '0', controllers, path }];
  });
  const inOrder = [
    ...lines.filter(({ unified }) => unified),
    ...lines.filter(({ controllers }) => controllers === 'name=systemd'),
    ...lines,
  ];
  const path = (inOrder.find((line) => line.path !== '/') ?? inOrder[0])?.path;
  return path === undefined ? undefined : toPrintable(Buffer.from(path, 'latin1'));
}

export interface SystemdPlace {
  readonly systemdSlice?: string;
  readonly systemdUnit?: string;
  readonly systemdUserUnit?: string;
}

const unitName = /\.(?:service|scope|socket|mount|swap|target|timer|path|automount)$/;

/** Unit and slice as sd_pid_get_unit(3), sd_pid_get_user_unit(3) and sd_pid_get_slice(3) tell them. */
export function systemdPlace(path: string): SystemdPlace {
  // systemd puts `_` before a name that would be taken for a file of the kernel's (cg_escape).
  const parts = path
    .split('/')
    .slice(1)
    .map((part) => part.replace(/^_/, ''));
  const slices = leadingSlices(parts);
  const unit = parts[slices];
  const ofUser = unit !== undefined && /^user@\d+\.service$/.test(unit) ? parts.slice(slices + 1) : [];
  const userUnit = ofUser[leadingSlices(ofUser)];
  const slice = slices > 0 ? parts[slices - 1] : undefined;
  return {
    ...(slice !== undefined && { systemdSlice: slice }),
    ...(unit !== undefined && unitName.test(unit) && { systemdUnit: unit }),
    ...(userUnit !== undefined && unitName.test(userUnit) && { systemdUserUnit: userUnit }),
  };
}

function leadingSlices(parts: readonly string[]): number {
  const first = parts.findIndex((part) => !part.endsWith('.slice'));
  return first < 0 ? parts.length : first;
}

/** What engines call their cgroups: the systemd driver writes `NAME-ID.scope`, the other `/NAME/ID`. */
const engines: readonly [runtime: string | undefined, pattern: RegExp][] = [
  ['docker', /\/(?:docker\/|docker-)([0-9a-f]{64})(?:\.scope)?(?=\/|$)/],
  ['podman', /\/libpod-([0-9a-f]{64})(?:\.scope)?(?=\/|$)/],
  ['cri-o', /\/crio-([0-9a-f]{64})(?:\.scope)?(?=\/|$)/],
  ['containerd', /\/(?:cri-containerd-|nerdctl-)([0-9a-f]{64})(?:\.scope)?(?=\/|$)/],
  ['containerd', /\/cri-containerd[:/]([0-9a-f]{64})(?=\/|$)/],
  // Without systemd a pod's containers have their bare id, whatever engine runs them.
  [undefined, /\/kubepods(?:\/|\.slice\/).*?\/([0-9a-f]{64})(?=\/|$)/],
  ['containerd', /^\/(?:default|k8s\.io|moby|[a-z0-9-]+)\/([0-9a-f]{64})(?=\/|$)/],
  ['lxc', /\/lxc\.payload[./]([^/]+)(?=\/|$)/],
  ['lxc', /\/lxc\/([^/]+)(?=\/|$)/],
  ['nspawn', /\/machine\.slice\/(?:machine-|systemd-nspawn@)(?!qemu)([^/]+)\.(?:scope|service)(?=\/|$)/],
];

/**
 * The container of a cgroup path. Of nested ones the outermost: the one that the host's engine knows.
 */
export function containerOf(path: string): ContainerHint | undefined {
  let outermost: { at: number; hint: ContainerHint } | undefined;
  for (const [runtime, pattern] of engines) {
    const match = pattern.exec(path);
    const id = match?.[1];
    if (match === null || id === undefined || match.index >= (outermost?.at ?? Number.MAX_SAFE_INTEGER))
      continue;
    outermost = { at: match.index, hint: { id, ...(runtime !== undefined && { runtime }) } };
  }
  return outermost?.hint;
}
