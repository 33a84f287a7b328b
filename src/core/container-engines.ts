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

/** Real user id of the engines that are spared: any other user makes their programs do anything. */
export const engineUser = 0;

/**
 * Paths of the programs of container engines, wherever a distribution puts them. With them stopped the
 * containers of the host hang, and no sandbox starts: run by `engineUser`, they are never stopped.
 */
export const containerEngines: readonly string[] = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/libexec/docker',
].flatMap((folder) => programs.map((name) => `${folder}/${name}`));
