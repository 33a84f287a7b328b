const programs = [
  'dockerd',
  'docker-init',
  'docker-proxy',
  'containerd',
  'containerd-shim',
  'containerd-shim-runc-v1',
  'containerd-shim-runc-v2',
  'runc',
  'crun',
];

/**
 * Paths of the programs of container engines, wherever a distribution puts them. With them stopped the
 * containers of the host hang, and no sandbox starts: they are never stopped.
 */
export const containerEngines: readonly string[] = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/libexec/docker',
].flatMap((folder) => programs.map((name) => `${folder}/${name}`));
